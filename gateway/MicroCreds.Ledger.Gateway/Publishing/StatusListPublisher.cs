using System.Security.Cryptography;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Problems;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Signing;
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
    IssuerKeys keys, IssuerCertificates certificates, PublicAddress address, LedgerIdentity identity,
    GatewayServiceOptions options, TimeProvider time)
{
    /// <summary>For how long a reader may go by a list without asking again.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(1);

    /// <summary>How long a signed list is valid: the longest that an old one can be played again.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The most bytes of signed lists in memory, beyond which the cache starts anew: a list of a million of whom one in
    /// a hundred was revoked takes 30 KB, and none takes more than 400.
    /// </summary>
    private const long MaxPublishedBytes = 64 * 1024 * 1024;

    private readonly Lock _turn = new();
    private readonly Dictionary<(StatusListName, StatusListForm), PublishedStatusList> _published = [];
    private readonly Dictionary<(StatusListName, StatusListForm), Task<PublishedStatusList>> _underWay = [];
    private long _publishedBytes;

    /// <summary>Gives a list as the ledger has it now.</summary>
    /// <param name="name">The list.</param>
    /// <param name="form">One of its forms (<see cref="StatusListForm.Of"/>).</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="LedgerUnavailableException">
    /// The projection cannot speak for the ledger: an old list would call a revoked credential good.
    /// </exception>
    /// <exception cref="RecordUnreadableException">A record that the list is made from cannot be read.</exception>
    /// <exception cref="ProblemException">There is no such list, or no key to sign it with.</exception>
    public async Task<PublishedStatusList> PublishAsync(
        StatusListName name, StatusListForm form, CancellationToken cancellationToken)
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
                if (_published.TryGetValue((name, form), out var published)
                    && published.Version == statuses.VersionOf(name)
                    && now < published.RenewAt && now >= published.MadeAt
                    && ReferenceEquals(published.Institution, institution) && published.KeyId == registered.Id)
                    return published;
                isOwn = !_underWay.TryGetValue((name, form), out signing);
                if (isOwn)
                {
                    // Not bound to the request: others wait for it, too.
                    signing = SignAndKeepAsync(
                        name, form, institution, own!, certificates.Of(key.Signer, own!.Did, registered.Id), now);
                    if (!signing.IsCompleted)
                        _underWay[(name, form)] = signing;
                }
            }

            // What another request reads may be older than what this one must show.
            var signed = await signing!.WaitAsync(cancellationToken);
            if (isOwn)
                return signed;
        }
    }

    private async Task<PublishedStatusList> SignAndKeepAsync(
        StatusListName name, StatusListForm form, Institution institution, Institution own, TokenKey key,
        DateTimeOffset now)
    {
        try
        {
            var signed = await SignAsync(name, form, institution, own, key, now);
            lock (_turn)
            {
                if (_published.Remove((name, form), out var former))
                    _publishedBytes -= former.Document.Length;
                if (_publishedBytes + signed.Document.Length > MaxPublishedBytes)
                {
                    _published.Clear();
                    _publishedBytes = 0;
                }

                _publishedBytes += signed.Document.Length;
                return _published[(name, form)] = signed;
            }
        }
        finally
        {
            lock (_turn)
                _underWay.Remove((name, form));
        }
    }

    private async Task<PublishedStatusList> SignAsync(
        StatusListName name, StatusListForm form, Institution institution, Institution own, TokenKey key,
        DateTimeOffset now)
    {
        var (document, version) = name.Purpose == StatusPurpose.Any
            ? await SignTokenAsync(name, form, institution, key, now)
            : await SignCredentialAsync(name, form, institution, own, key, now);
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(document).AsSpan(0, 16))}\"";
        return new PublishedStatusList(document, tag, version, key.KeyId, institution, now, now + (Validity / 2));
    }

    private async Task<(byte[] Document, long Version)> SignCredentialAsync(
        StatusListName name, StatusListForm form, Institution institution, Institution own, TokenKey key,
        DateTimeOffset now)
    {
        var (bits, version) = statuses.Read(name, institution, identity.Name);
        var list = new StatusListCredential
        {
            Url = name.UrlAt(address.Url),
            Purpose = name.Purpose,
            Issuer = own.Did,
            ValidFrom = now,
            ValidUntil = now + Validity,
            TimeToLive = TimeToLive,
            Bits = bits,
        };
        return (
            form == StatusListForm.VcJwt
                ? await list.SignVcJwtAsync(key)
                : await list.SignAsync(key.Signer, key.KeyId),
            version);
    }

    private async Task<(byte[] Document, long Version)> SignTokenAsync(
        StatusListName name, StatusListForm form, Institution institution, TokenKey key, DateTimeOffset now)
    {
        // The version of what was read first: if something was written in between, the list is soon made anew.
        var (revoked, version) = statuses.Read(
            name with { Purpose = StatusPurpose.Revocation }, institution, identity.Name);
        var (suspended, _) = statuses.Read(
            name with { Purpose = StatusPurpose.Suspension }, institution, identity.Name);
        var list = new TokenStatusList
        {
            Url = name.UrlAt(address.Url),
            IssuedAt = now,
            ExpiresAt = now + Validity,
            TimeToLive = TimeToLive,
            Statuses = TokenStatuses.Of(revoked, suspended),
        };
        return (
            form == StatusListForm.TokenCwt ? await list.SignCwtAsync(key) : await list.SignJwtAsync(key), version);
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
