/** How results are printed: tables, lists, JSON, times. */
package io.reseal.cli.show;
