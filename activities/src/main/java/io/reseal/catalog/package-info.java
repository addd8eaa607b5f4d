/** The sector catalog in MariaDB: its tables, and all that reads and writes them. */
package io.reseal.catalog;
