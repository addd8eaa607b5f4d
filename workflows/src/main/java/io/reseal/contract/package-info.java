/** What commands, workflows and activities say to one another. */
package io.reseal.contract;
