/** {@code support …}: what somebody needs who is to help with an installation. */
package io.reseal.cli.support;
