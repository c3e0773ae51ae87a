// Answers of AWS that are too large, never end, or are none: given up before they fill the memory, hold a group or hide one.

import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import {
  AutoScalingError,
  createAutoScalingClient,
  type AutoScalingClient,
  type AwsAccess,
} from '../../../core/clients/auto-scaling/client.ts';

const open = '<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult><AutoScalingGroups>';
const end = '</AutoScalingGroups></DescribeAutoScalingGroupsResult></DescribeAutoScalingGroupsResponse>';
const megabyte = ' '.repeat(1_000_000);

interface Flooding {
  readonly client: AutoScalingClient;
  /** How many answers were begun. */
  readonly asked: () => number;
  /** Megabytes that were handed to the connection. */
  readonly sent: () => number;
}

/** Lets it listen until the test has ended. */
async function accessTo(server: Server, context: TestContext): Promise<AwsAccess> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { endpoint, keys: { accessKeyId: 'test', secretAccessKey: 'test' } };
}

/** Answers with a list of no groups that has so many megabytes of white space in it. */
async function flooding(context: TestContext, megabytes: number, status = 200): Promise<Flooding> {
  let [asked, sent] = [0, 0];
  const pour = (response: ServerResponse, left: number): void => {
    if (response.destroyed) return;
    if (left === 0) return void response.end(end);
    sent += 1;
    response.write(megabyte, () => pour(response, left - 1));
  };
  const server = createServer((_request, response) => {
    asked += 1;
    response.writeHead(status, { 'content-type': 'text/xml' });
    response.write(open);
    pour(response, megabytes);
  });
  const access = await accessTo(server, context);
  const client = createAutoScalingClient({ region: 'eu-west-1', access });
  return { client, asked: () => asked, sent: () => sent };
}

test('a large answer of AWS that is within the bound is read', async (context) => {
  const { client } = await flooding(context, 9);
  assert.deepEqual(await client.describe(['pods']), []);
});

test('an answer of AWS above 10 MB is refused as malformed, once, and not read to its end', async (context) => {
  const { client, asked, sent } = await flooding(context, 200);
  await assert.rejects(client.describe(['pods']), (error) => {
    assert.ok(error instanceof AutoScalingError);
    assert.equal(error.failure, 'malformed');
    assert.match(error.message, /larger than 10 MB/);
    return true;
  });
  assert.equal(asked(), 1);
  assert.ok(sent() < 100, `${sent()} MB were sent`);
});

test('a refusal of AWS above 10 MB is not read to its end either', async (context) => {
  const { client, sent } = await flooding(context, 200, 403);
  await assert.rejects(client.terminateInstance('i-00000000000000000'), AutoScalingError);
  assert.ok(sent() < 100, `${sent()} MB were sent`);
});

test('an answer of AWS that comes byte by byte is given up as a time-out', async (context) => {
  const trickle = (response: ServerResponse): void => {
    if (response.destroyed) return;
    response.write(' ');
    setTimeout(trickle, 10, response);
  };
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/xml' });
    trickle(response);
  });
  const client = createAutoScalingClient({
    region: 'eu-west-1',
    access: await accessTo(server, context),
    timeoutMs: 100,
  });
  await assert.rejects(client.setDesiredCapacity('pods', 1), (error) => {
    assert.ok(error instanceof AutoScalingError);
    assert.equal(error.failure, 'timeout');
    return true;
  });
});

test("a page that is no answer of AWS, such as a proxy's, is not a list without groups", async (context) => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><p>Please log in.</p>');
  });
  const client = createAutoScalingClient({ region: 'eu-west-1', access: await accessTo(server, context) });
  await assert.rejects(client.findTagged('resource-class'), (error) => {
    assert.ok(error instanceof AutoScalingError);
    assert.equal(error.failure, 'malformed');
    return true;
  });
});
