/** The scheduled checks of stored copies. */
package io.reseal.cli.scrub;
