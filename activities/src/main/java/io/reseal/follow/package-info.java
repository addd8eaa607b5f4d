/** Follows sectors that were put back: declares their files, and reads the chain for them. */
package io.reseal.follow;
