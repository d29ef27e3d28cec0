/* The default experiment by hand, as the limit to compare with: 2-16-2, ReLU, full batch, plain SGD, 256 training
 * and 256 test points, both losses in every epoch. Everything is a constant, and the two logits are one difference.
 *
 * Reads, as float32: 82 parameters in the order of model.parameters(), then x0, x1 and y (±1) of the training
 * points, 256 of each, then those of the test points. Prints µs per step and the last two losses. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { UNITS = 16, POINTS = 256 };

static float w0[UNITS], w1[UNITS], b[UNITS], v[UNITS], c;
static float x[2][3][POINTS] __attribute__((aligned(64)));
static float h[UNITS][POINTS] __attribute__((aligned(64))), z[POINTS] __attribute__((aligned(64))), d[POINTS] __attribute__((aligned(64)));

static float forward(float (*p)[POINTS])
{
    for (int k = 0; k < POINTS; k++) z[k] = c;
    for (int j = 0; j < UNITS; j++)
        for (int k = 0; k < POINTS; k++) {
            float a = b[j] + w0[j] * p[0][k] + w1[j] * p[1][k];
            h[j][k] = a > 0 ? a : 0;
            z[k] += v[j] * h[j][k];
        }
    float loss = 0;
    for (int k = 0; k < POINTS; k++) {
        float t = z[k] * p[2][k], e = expf(-fabsf(t));
        loss += logf(1 + e) + (t < 0 ? -t : 0);
        d[k] = -p[2][k] * (t > 0 ? e : 1) / (1 + e) / POINTS;
    }
    return loss / POINTS;
}

static void step(float rate)
{
    float dc = 0;
    for (int k = 0; k < POINTS; k++) dc += d[k];
    for (int j = 0; j < UNITS; j++) {
        float dv = 0, db = 0, d0 = 0, d1 = 0;
        for (int k = 0; k < POINTS; k++) {
            float g = h[j][k] > 0 ? d[k] : 0;
            dv += d[k] * h[j][k];
            db += g;
            d0 += g * x[0][0][k];
            d1 += g * x[0][1][k];
        }
        b[j] -= rate * v[j] * db;
        w0[j] -= rate * v[j] * d0;
        w1[j] -= rate * v[j] * d1;
        v[j] -= 2 * rate * dv; /* both classes' weights move, in opposite directions */
    }
    c -= 2 * rate * dc;
}

int main(int argc, char **argv)
{
    static float p[82]; /* 32 + 16 weights and biases of the hidden layer, then 32 + 2 of the last */
    if (argc != 2 || fread(p, sizeof p, 1, stdin) != 1 || fread(x, sizeof x, 1, stdin) != 1) return 1;
    int epochs = atoi(argv[1]);
    for (int j = 0; j < UNITS; j++) {
        w0[j] = p[2 * j], w1[j] = p[2 * j + 1], b[j] = p[32 + j], v[j] = p[64 + j] - p[48 + j];
    }
    c = p[81] - p[80];
    float train = 0, test = 0;
    struct timespec start, stop;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
    for (int epoch = 0; epoch < epochs; epoch++) {
        test = forward(x[1]);
        train = forward(x[0]);
        step(1e-2f);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &stop);
    double us = (stop.tv_sec - start.tv_sec) * 1e6 + (stop.tv_nsec - start.tv_nsec) * 1e-3;
    printf("%.4f %.6f %.6f\n", us / epochs, train, test);
    return 0;
}
