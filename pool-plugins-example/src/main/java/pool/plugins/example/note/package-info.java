/** The smallest plugin: a worker that says what happens to it. */
package pool.plugins.example.note;
