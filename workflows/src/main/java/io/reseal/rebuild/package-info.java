/** The workflow that rebuilds one sector. */
package io.reseal.rebuild;
