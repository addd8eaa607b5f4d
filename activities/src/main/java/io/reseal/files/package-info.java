/** Every path, marker and durable move of sector files: scratch directories and stores. */
package io.reseal.files;
