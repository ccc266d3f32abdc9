/** The smallest plugin: a worker that logs what happens to it. */
package pool.plugins.example.note;
