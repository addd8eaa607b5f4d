/** The embedded installation: every service of Reseal on one machine, under one home directory. */
package io.reseal.up;
