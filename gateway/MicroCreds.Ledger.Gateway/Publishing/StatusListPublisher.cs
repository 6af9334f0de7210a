using System.Security.Cryptography;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Publishing;

/// <summary>
/// Signs status lists, of every institution, and keeps them until something changes or they grow old. Thread-safe.
/// </summary>
/// <remarks>
/// The issuer of a list is the institution whose gateway signs it, also for another institution's credentials: nobody
/// speaks in another's name. Who insists that list and credential have one issuer finds the list at the address that
/// the credential names, which is its issuer's own gateway; a member who is trusted can be asked in its place.
/// </remarks>
public sealed class StatusListPublisher(
    ListedStatuses statuses, LedgerProjection projection, ProjectedRecords records, ProjectionFollower follower,
    IssuerKeys keys, PublicAddress address, LedgerIdentity identity, GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>For how long a reader may go by a list without asking again.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(1);

    /// <summary>How long a signed list is valid: the longest that an old one can be played again.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    /// <summary>The most signed lists in memory; beyond it the cache starts anew.</summary>
    private const int MaxPublished = 1024;

    private readonly Lock _turn = new();
    private readonly Dictionary<StatusListName, PublishedStatusList> _published = [];
    private readonly Dictionary<StatusListName, Task<PublishedStatusList>> _underWay = [];

    /// <summary>Gives a list as the ledger has it now.</summary>
    /// <exception cref="LedgerUnavailableException">
    /// The projection cannot speak for the ledger: an old list would call a revoked credential good.
    /// </exception>
    /// <exception cref="RecordUnreadableException">A record that the list is made from cannot be read.</exception>
    /// <exception cref="ProblemException">There is no such list, or no key to sign it with.</exception>
    public async Task<PublishedStatusList> PublishAsync(
        StatusListName name, CancellationToken cancellationToken)
    {
        if (!follower.IsCurrent)
            throw new LedgerUnavailableException("The projection is behind the ledger.");
        var institution = projection.FindInstitution(name.MspId);
        if (projection.Unreadable.CountUnder(RecordKey.IssuanceType, name.MspId) > 0)
        {
            throw new RecordUnreadableException(
                $"An issuance of {name.MspId} cannot be read here, and with it whose places the list has: the contract "
                + "may be newer than this gateway.");
        }

        if (institution is null || !records.HasStatusList(name.MspId, name.List))
        {
            throw new ProblemException(
                ProblemKind.NotFound, "No issuance on the ledger names this status list: take the address from a "
                + "credential's credentialStatus.");
        }

        var own = projection.Institutions.GetValueOrDefault(options.MspId);
        var (key, registered) = keys.FindActive(own)
            ?? throw new ProblemException(
                ProblemKind.NotReady, "No key of this gateway is in force on the ledger, so it cannot sign the list.");
        while (true)
        {
            var now = time.GetUtcNow();
            Task<PublishedStatusList>? signing;
            bool isOwn;
            lock (_turn)
            {
                if (_published.TryGetValue(name, out var published)
                    && published.Version == statuses.VersionOf(name)
                    && now < published.RenewAt && now >= published.MadeAt
                    && ReferenceEquals(published.Institution, institution) && published.KeyId == registered.Id)
                    return published;
                isOwn = !_underWay.TryGetValue(name, out signing);
                if (isOwn)
                {
                    // Not bound to the request: others wait for it, too.
                    signing = SignAndKeepAsync(name, institution, own!, key, registered.Id, now);
                    if (!signing.IsCompleted)
                        _underWay[name] = signing;
                }
            }

            // What another request reads may be older than what this one must show.
            var signed = await signing!.WaitAsync(cancellationToken);
            if (isOwn)
                return signed;
        }
    }

    private async Task<PublishedStatusList> SignAndKeepAsync(
        StatusListName name, Institution institution, Institution own, IssuerKey key, string keyId, DateTimeOffset now)
    {
        try
        {
            var signed = await SignAsync(name, institution, own, key, keyId, now);
            lock (_turn)
            {
                if (_published.Count >= MaxPublished)
                    _published.Clear();
                return _published[name] = signed;
            }
        }
        finally
        {
            lock (_turn)
                _underWay.Remove(name);
        }
    }

    private async Task<PublishedStatusList> SignAsync(
        StatusListName name, Institution institution, Institution own, IssuerKey key, string keyId, DateTimeOffset now)
    {
        var (bits, version) = statuses.Read(name, institution, identity.Name);
        byte[] document = await new StatusListCredential
        {
            Url = name.UrlAt(address.Url),
            Purpose = name.Purpose,
            Issuer = own.Did,
            ValidFrom = now,
            ValidUntil = now + Validity,
            TimeToLive = TimeToLive,
            Bits = bits,
        }.SignAsync(key.Signer, keyId);
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(document).AsSpan(0, 16))}\"";
        return new PublishedStatusList(document, tag, version, keyId, institution, now, now + (Validity / 2));
    }
}

/// <summary>A signed status list.</summary>
/// <param name="Document">The document.</param>
/// <param name="Tag">Its ETag, quoted.</param>
/// <param name="Version">How often the list had been changed.</param>
/// <param name="KeyId">The key that signed it.</param>
/// <param name="Institution">The institution as it was then.</param>
/// <param name="MadeAt">When it was made.</param>
/// <param name="RenewAt">When it is made anew although nothing changed.</param>
public sealed record PublishedStatusList(
    byte[] Document, string Tag, long Version, string KeyId, Institution Institution, DateTimeOffset MadeAt,
    DateTimeOffset RenewAt);
