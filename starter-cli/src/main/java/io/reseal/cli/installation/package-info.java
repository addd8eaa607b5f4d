/** The installation itself: started, prepared, looked over, shown, measured. */
package io.reseal.cli.installation;
