using System.Text;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// What somebody decided to have issued: once, whoever presses how often, because all attempts have one fingerprint.
/// It tells what became of it after another person's approval, or after a crash. Thread-safe.
/// </summary>
public sealed class DecidedIssuing(
    IssuingRequests requests, IssuanceStore issuances, DocumentStore documents, DocumentMaker maker,
    GatewayStore store, TimeProvider time)
{
    /// <summary>How long it takes at most until something is kept of what is being issued.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    // Where no other process uses the store, all that was decided before this one is over. As coarse as it is kept.
    private readonly DateTimeOffset _startedAt =
        DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The fingerprint of all attempts.</summary>
    /// <param name="name">What is decided, by its kind and id, in printable ASCII.</param>
    public RequestFingerprint FingerprintOf(string name) => RequestFingerprint.Of(
        store, name, IssuanceKind.Credential, Encoding.ASCII.GetBytes(name), isKnownByItsBody: false);

    /// <summary>What has become of it by what is kept.</summary>
    /// <param name="name">The name its fingerprint is taken of.</param>
    /// <param name="held">The request that waits for another person's approval, as far as it was noted.</param>
    /// <param name="decidedAt">When it was decided, UTC.</param>
    /// <param name="isOver">Whether nothing is under way any more, because its attempt has ended.</param>
    public IssuingFate FateOf(string name, string? held, DateTimeOffset? decidedAt, bool isOver)
    {
        byte[] fingerprint = FingerprintOf(name).Fingerprint!;
        var request = held is { } noted ? requests.Find(noted) : requests.FindByFingerprint(fingerprint);
        var issuance = request?.Issuance is { } id ? issuances.Find(id) : issuances.FindByFingerprint(fingerprint);
        if (issuance is { State: IssuanceState.Issued } && CredentialOf(issuance) is { } credential)
            return new IssuingFate(IssuingFateKind.Issued, credential, DecidedBy: request?.DecidedBy);
        if (request is { State: not (IssuingRequestState.TurnedDown or IssuingRequestState.Withdrawn) })
            return new IssuingFate(IssuingFateKind.Held, Request: request.Id);
        bool hasEnded = held is not null || isOver || time.GetUtcNow() - decidedAt >= Grace
            || (!store.Database.IsShared && decidedAt < _startedAt);
        return new IssuingFate(
            issuance is null && hasEnded ? IssuingFateKind.Undone : IssuingFateKind.UnderWay);
    }

    /// <summary>Whom a credential of this gateway names; nobody where it is not kept.</summary>
    public string? LearnerOf(Guid credential) => documents.Find(credential) is { } found
        ? CredentialContent.OfOwn(maker.Make(found.Document).WithAnchor()).Learner : null;

    private Guid? CredentialOf(StoredIssuance issuance) =>
        documents.List(issuance.Number, afterRow: 0, count: 1).Select(one => (Guid?)one.Id).FirstOrDefault();
}

/// <summary>What became of what was decided.</summary>
/// <param name="Kind">What.</param>
/// <param name="Credential">The credential, once it is issued.</param>
/// <param name="Request">What waits for another person's approval.</param>
/// <param name="DecidedBy">Who approved it, where another person had to.</param>
public readonly record struct IssuingFate(
    IssuingFateKind Kind, Guid Credential = default, string Request = "", string? DecidedBy = null);

/// <summary>What can become of it.</summary>
public enum IssuingFateKind
{
    /// <summary>Its attempt may still be under way.</summary>
    UnderWay,

    /// <summary>It is issued.</summary>
    Issued,

    /// <summary>It waits for another person's approval.</summary>
    Held,

    /// <summary>Nothing came of it, so that it can be decided anew.</summary>
    Undone,
}
