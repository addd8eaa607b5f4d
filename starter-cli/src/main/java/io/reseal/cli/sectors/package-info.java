/** What is known of sectors and their rebuilds, shown, and exchanged as JSON. */
package io.reseal.cli.sectors;
