/** Where the data of a sector's pieces comes from. */
package io.reseal.pieces;
