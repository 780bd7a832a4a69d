// The health check of a MongoDB node, run by mongosh on it. Where MEMBERS is set, it also makes the
// replica set of them, once all of them answer. Well is a node that knows a primary.
/* global db, rs, quit */
const members = (process.env.MEMBERS ?? '').split(',').filter(Boolean);
if (members.length > 0 && db.hello().setName === undefined) {
  rs.initiate({ _id: 'ledgerdesk', members: members.map((host, _id) => ({ _id, host })) });
}
if (db.hello().primary === undefined) quit(1);
