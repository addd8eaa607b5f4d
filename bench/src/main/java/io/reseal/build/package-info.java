/** Tools that the build of the program uses. */
package io.reseal.build;
