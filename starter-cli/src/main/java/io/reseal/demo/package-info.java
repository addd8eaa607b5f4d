/** Sectors made, lost and brought back before a newcomer's eyes. */
package io.reseal.demo;
