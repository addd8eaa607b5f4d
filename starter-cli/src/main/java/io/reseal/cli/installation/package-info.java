/** Commands about the installation itself: run it, prepare it, check it, demonstrate it. */
package io.reseal.cli.installation;
