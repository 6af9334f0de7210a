using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Webhooks;

/// <summary>
/// Says what happened in the words of a webhook. A message's identifier is made of what it tells of: found again, after
/// a crash or in a restored copy of the store, it is the same message. Thread-safe.
/// </summary>
public sealed class WebhookMessages(
    IssuanceStore issuances, DocumentStore documents, LedgerProjection projection, GatewayServiceOptions options,
    PublicAddress address)
{
    private const string Prefix = "msg_";
    private const int IdentifierBytes = 18;

    /// <summary>
    /// Tells whether something on the ledger is an issuance of which this gateway's store does not know yet that it is
    /// there: whoever was told of it now would ask in vain.
    /// </summary>
    public bool IsEarly(ProjectedEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return happened.Name == EventNames.Issued && ReadOwnIssuance(happened) is { } issuance
            && issuances.FindByRoot(issuance.Statement.Root)?.State == IssuanceState.Ready;
    }

    /// <summary>
    /// Says what happened on the ledger; nothing if it is none of this institution's business. Credentials of single
    /// requests are told one by one, also where they were anchored together.
    /// </summary>
    /// <exception cref="JsonException">The record is of another form than this gateway knows.</exception>
    public IReadOnlyList<WebhookMessage> Of(ProjectedEvent happened, string ledger)
    {
        ArgumentNullException.ThrowIfNull(happened);
        return happened.Name == EventNames.Issued ? OfIssuance(happened, ledger)
            : OfOther(happened, ledger) is { } message ? [message] : [];
    }

    /// <summary>Says that a batch is done; null if it is none.</summary>
    /// <param name="issuance">The batch.</param>
    /// <param name="state">One of <see cref="IssuanceState"/>.</param>
    /// <param name="size">How many credentials.</param>
    /// <param name="at">When.</param>
    public WebhookMessage? OfBatch(StoredIssuance issuance, string state, int size, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(issuance);
        return issuance.Kind != IssuanceKind.Batch ? null : Make(
            NameOf(WebhookTypes.BatchDone, issuance.Id, state), WebhookTypes.BatchDone, at,
            new ToldBatch(state, size, issuance.Id, $"{address.Url}/v1/batches/{issuance.Id}"));
    }

    /// <summary>Says that nothing happened.</summary>
    public static WebhookMessage OfTest(string webhook, DateTimeOffset at) => Make(
        Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdentifierBytes)), WebhookTypes.Test, at,
        new ToldTest(webhook));

    private WebhookMessage? OfOther(ProjectedEvent happened, string ledger) => happened.Name switch
    {
        EventNames.StatusChanged => OfStatus(happened, ledger),
        EventNames.AgreementProposed => OfAgreement(happened, ledger, WebhookTypes.AgreementOffered),
        EventNames.AgreementAccepted => OfAgreement(happened, ledger, WebhookTypes.AgreementAccepted),
        EventNames.AgreementNoticeGiven => OfAgreement(happened, ledger, WebhookTypes.AgreementNoticeGiven),
        EventNames.BallotProposed => OfBallot(happened, ledger, WebhookTypes.BallotProposed),
        EventNames.Voted => OfBallot(happened, ledger, WebhookTypes.BallotVoted),
        EventNames.BallotDecided => OfBallot(happened, ledger, WebhookTypes.BallotDecided),
        _ => null,
    };

    private WebhookMessage[] OfIssuance(ProjectedEvent happened, string ledger)
    {
        if (ReadOwnIssuance(happened) is not { Statement: var statement }) return [];

        var stored = issuances.FindByRoot(statement.Root);
        if (stored is { Kind: IssuanceKind.Batch })
            return [OfBatch(stored, IssuanceState.Issued, statement.Size, happened.Time)!];
        if (statement.Size == 1)
            return [OfCredential(statement, 0, happened, [ledger, happened.TransactionId])];
        return stored is not null
            ? [.. Enumerable.Range(0, statement.Size).Select(leaf =>
                OfCredential(statement, leaf, happened, [ledger, happened.TransactionId, $"{leaf}"]))]
            : [Make(
                NameOf(WebhookTypes.BatchDone, ledger, happened.TransactionId), WebhookTypes.BatchDone, happened.Time,
                new ToldBatch(IssuanceState.Issued, statement.Size))];
    }

    private WebhookMessage OfCredential(
        IssuanceStatement statement, int leaf, ProjectedEvent happened, ReadOnlySpan<string> name)
    {
        var credential = CredentialAt(statement.Root, leaf, out var id);
        return Make(
            NameOf([WebhookTypes.CredentialIssued, .. name]), WebhookTypes.CredentialIssued, happened.Time,
            new ToldIssuance(credential, statement.FindAttested(null)), id);
    }

    private WebhookMessage? OfStatus(ProjectedEvent happened, string ledger)
    {
        var statement = Read<Status>(happened).Statement;
        if (statement.MspId != options.MspId) return null;

        var credential = CredentialAt(statement.Root, statement.Index, out var id);
        return Make(
            NameOf(WebhookTypes.CredentialStatusChanged, ledger, happened.TransactionId),
            WebhookTypes.CredentialStatusChanged, happened.Time,
            new ToldStatus(credential, statement.State, statement.Sequence), id);
    }

    private WebhookMessage? OfAgreement(ProjectedEvent happened, string ledger, string type)
    {
        var part = Read<AgreementPart>(happened);
        var (id, version, by) =
            part.Proposal is { Statement: var terms } ? (terms.Id, terms.Version, terms.MspId)
            : part.Acceptance is { Statement: var accepted } ? (accepted.Agreement, accepted.Version, accepted.MspId)
            : part.Notice is { Statement: var notice } ? (notice.Agreement, (int?)null, notice.MspId)
            : throw new JsonException("It is no part of an agreement that this gateway knows.");

        // What was not rightly signed is not found, and is no agreement.
        bool isOurs = projection.Shared.Agreements.Find(id)?.Versions
            .Any(one => one.Terms.Parties.Contains(options.MspId)) == true;
        return !isOurs ? null : Make(
            NameOf(type, ledger, happened.TransactionId), type, happened.Time,
            new ToldAgreement(id, by, $"{address.Url}/v1/agreements/{id}", version, part.EndsAt));
    }

    private WebhookMessage OfBallot(ProjectedEvent happened, string ledger, string type)
    {
        var ballot = Read<Ballot>(happened);
        var statement = ballot.Statement;
        return Make(
            NameOf(type, ledger, happened.TransactionId), type, happened.Time,
            new ToldBallot(
                statement.Id, statement.Action, statement.Subject, statement.MspId, ballot.State, ballot.Votes.Count,
                $"{address.Url}/v1/ballots/{statement.Id}"));
    }

    private Issuance? ReadOwnIssuance(ProjectedEvent happened)
    {
        var issuance = Read<Issuance>(happened);
        return issuance.Statement.MspId == options.MspId ? issuance : null;
    }

    private ToldCredential CredentialAt(string root, int index, out Guid? id)
    {
        id = documents.Find(root, index)?.Document.Id;
        return new ToldCredential(
            options.MspId, root, index, $"{address.Url}/v1/credentials/{root}.{index}",
            id is null ? null : $"urn:uuid:{id}");
    }

    private static T Read<T>(ProjectedEvent happened) =>
        JsonSerializer.Deserialize<T>(happened.Payload, LedgerJson.Options) ?? throw new JsonException("It is null.");

    private static WebhookMessage Make<T>(string id, string type, DateTimeOffset at, T data, Guid? credential = null) =>
        new(id, type, credential, JsonSerializer.Serialize(
            new WebhookPayload<T>(type, at, data), LedgerJson.Options));

    private static string NameOf(params ReadOnlySpan<string> parts) => Prefix + Base64Url.EncodeToString(
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, IdentifierBytes));
}
