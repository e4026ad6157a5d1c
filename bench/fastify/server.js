// A service as the seed has it: Fastify, prom-client with its default metrics, hooks that time and count each request.
import Fastify from 'fastify';
import client from 'prom-client';

client.collectDefaultMetrics();
const labelNames = ['method', 'route', 'status_code'];
const duration = new client.Histogram({ name: 'http_request_duration_seconds', help: 'Duration of HTTP requests in seconds.', labelNames });
const total = new client.Counter({ name: 'http_requests_total', help: 'HTTP requests answered.', labelNames });

const app = Fastify();
app.addHook('onRequest', (request, reply, done) => {
  request.startedAt = process.hrtime.bigint();
  done();
});
app.addHook('onResponse', (request, reply, done) => {
  const labels = { method: request.method, route: request.routeOptions.url ?? 'unmatched', status_code: reply.statusCode };
  duration.observe(labels, Number(process.hrtime.bigint() - request.startedAt) / 1e9);
  total.inc(labels);
  done();
});
app.get('/api/players/:id', (request, reply) => reply.send());
app.get('/metrics', async (request, reply) => reply.type(client.register.contentType).send(await client.register.metrics()));

// For the benchmark: as many series more as it asks for.
app.get('/children/:count', (request, reply) => {
  for (let i = 0; i < Number(request.params.count); i++) {
    const labels = { method: 'GET', route: `/route/${i}`, status_code: 200 };
    duration.observe(labels, 0.003);
    total.inc(labels);
  }
  reply.send();
});

await app.listen({ port: Number(process.argv[2]), host: '127.0.0.1' });
