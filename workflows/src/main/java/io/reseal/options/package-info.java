/** How activities are called: queues, timeouts and retries by kind of work. */
package io.reseal.options;
