using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>
/// What is sent to a webhook: which thing it is about, and where it can be read. Whoever wants to know more asks, with
/// a login. Of a learner it holds nothing.
/// </summary>
/// <param name="Type">What happened, one of <see cref="WebhookTypes"/>.</param>
/// <param name="Timestamp">When it happened; when it is sent, the header <c>webhook-timestamp</c> says.</param>
/// <param name="Data">What it is about.</param>
/// <typeparam name="T">What it is about.</typeparam>
public sealed record WebhookPayload<T>(string Type, DateTimeOffset Timestamp, T Data);

/// <summary>A credential.</summary>
/// <param name="MspId">Its issuer.</param>
/// <param name="Root">The issuance's root.</param>
/// <param name="Index">The index in its tree.</param>
/// <param name="Url">Where it can be read, with a login; the place on the ledger stands in it.</param>
/// <param name="Id">
/// Its identifier, <c>urn:uuid:…</c>; absent if its document is not in this gateway's store, or was erased.
/// </param>
public sealed record ToldCredential(string MspId, string Root, int Index, string Url, string? Id = null);

/// <summary>A credential was issued.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Achievement">What it attests; absent if the ledger does not say.</param>
public sealed record ToldIssuance(ToldCredential Credential, AchievementReference? Achievement = null);

/// <summary>A credential's status changed.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="State"><c>inForce</c>, <c>suspended</c> or <c>revoked</c>. The reason is told to who asks.</param>
/// <param name="Sequence">One more than the number of changes before it: a smaller one came earlier.</param>
public sealed record ToldStatus(ToldCredential Credential, string State, int Sequence);

/// <summary>A batch is done.</summary>
/// <param name="State"><c>issued</c> or <c>refused</c>.</param>
/// <param name="Size">How many credentials.</param>
/// <param name="Batch">The batch; absent if it is not in this gateway's store.</param>
/// <param name="Url">Where it can be read, with a login.</param>
public sealed record ToldBatch(string State, int Size, string? Batch = null, string? Url = null);

/// <summary>Something happened to an agreement.</summary>
/// <param name="Agreement">The agreement.</param>
/// <param name="By">Who did it.</param>
/// <param name="Url">Where it can be read.</param>
/// <param name="Version">The version that was offered or accepted; absent of a notice.</param>
/// <param name="EndsAt">When a notice takes effect.</param>
public sealed record ToldAgreement(
    string Agreement, string By, string Url, int? Version = null, DateTimeOffset? EndsAt = null);

/// <summary>Something happened to a ballot.</summary>
/// <param name="Ballot">The ballot.</param>
/// <param name="Action">What it is to decide.</param>
/// <param name="Subject">About which institution.</param>
/// <param name="ProposedBy">Who proposed it.</param>
/// <param name="State"><c>open</c>, <c>accepted</c> or <c>rejected</c>.</param>
/// <param name="Votes">How many votes were given.</param>
/// <param name="Url">Where it can be read.</param>
public sealed record ToldBallot(
    string Ballot, string Action, string Subject, string ProposedBy, string State, int Votes, string Url);

/// <summary>A test.</summary>
/// <param name="Webhook">The webhook that is tried.</param>
public sealed record ToldTest(string Webhook);
