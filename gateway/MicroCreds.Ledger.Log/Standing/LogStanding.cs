using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Standing;

/// <summary>
/// What the leaves of a log, read in their order, make stand: of each credential the last that its issuer said of it,
/// of each institution who the members confirmed it to be and which of its keys were reported stolen; and among the
/// institutions who the members are and by which keys they sign heads, and the hash of the filter of all that is not in
/// force. Nothing but the leaves is asked. Not thread-safe.
/// </summary>
/// <param name="credentials">The tree of credentials.</param>
/// <param name="issuers">The tree of institutions.</param>
/// <param name="filter">What the filter grows by.</param>
public sealed class LogStanding(StandingTree credentials, StandingTree issuers, FilterGrowth filter)
{
    /// <summary>The key in the tree of institutions below which a <see cref="FilterStanding"/> lies.</summary>
    public static byte[] FilterKey => StandingNode.KeyOf("filter");

    /// <summary>The key in the tree of institutions below which a <see cref="MembersStanding"/> lies.</summary>
    public static byte[] MembersKey => StandingNode.KeyOf("members");

    /// <summary>The tree of credentials.</summary>
    public StandingTree Credentials => credentials;

    /// <summary>The tree of institutions.</summary>
    public StandingTree Issuers
    {
        get
        {
            Settle();
            return issuers;
        }
    }

    /// <summary>The filter of all that is not in force.</summary>
    public StatusFilter Filter
    {
        get
        {
            Settle();
            return filter.Filter;
        }
    }

    /// <summary>Makes the standing of an empty log, in memory.</summary>
    public static LogStanding New() => new(StandingTree.New(), StandingTree.New(), FilterGrowth.New());

    /// <summary>The key of a credential: by its issuer, its issuance and its index in that.</summary>
    public static byte[] KeyOf(string mspId, string root, int index) =>
        StandingNode.KeyOf(index, "credential", mspId, root);

    /// <summary>The key of an institution.</summary>
    public static byte[] KeyOf(string mspId) => StandingNode.KeyOf("issuer", mspId);

    /// <summary>The roots of both trees.</summary>
    public StandingRoots Roots() => new(credentials.Count, credentials.Root(), Issuers.Count, Issuers.Root());

    /// <summary>Takes in the next leaf.</summary>
    /// <exception cref="StrictJsonException">What it says cannot be read.</exception>
    public void Take(LogLeaf leaf)
    {
        ArgumentNullException.ThrowIfNull(leaf);
        switch (leaf.Type)
        {
            case IssuanceStatement.TypeName when leaf.Statement is { } statement:
                var issuance = LedgerJson.Deserialize<IssuanceStatement>(statement);
                filter.Take(issuance, leaf.Moment, StolenOf(issuance.MspId));
                break;
            case StatusStatement.TypeName when leaf.Statement is { } statement:
                Take(LedgerJson.Deserialize<StatusStatement>(statement), leaf.Moment);
                break;
            case LeafTypes.Key when leaf.Record is { } record:
                Take(LedgerJson.Deserialize<KeyLeaf>(record));
                break;
            case LeafTypes.Member when leaf.Record is { } record:
                var member = LedgerJson.Deserialize<MemberLeaf>(record);
                Change(member.MspId, one => one with { IsMember = member.IsMember });
                break;
            case LeafTypes.Identity when leaf.Record is { } record:
                Take(LedgerJson.Deserialize<IdentityLeaf>(record));
                break;
        }

        filter.Next();
    }

    private void Take(StatusStatement status, DateTimeOffset moment)
    {
        filter.Take(status, moment, StolenOf(status.MspId));
        credentials.Put(
            KeyOf(status.MspId, status.Root, status.Index),
            CanonicalJson.Serialize(new CredentialStanding
            {
                State = status.State,
                Reason = status.Reason,
                ReplacedBy = status.ReplacedBy,
                KeyId = status.KeyId,
                Moment = moment,
            }));
    }

    private void Take(KeyLeaf leaf)
    {
        if (leaf.Key.IsForLog)
        {
            Change(leaf.MspId, one => one with
            {
                Keys = [.. one.Keys.Where(key => key.Id != leaf.Key.Id)
                    .Append(leaf.Key with { CountersignedBy = null, Countersignature = null })
                    .OrderBy(key => key.Id, StringComparer.Ordinal)],
            });
        }

        var before = Find(leaf.MspId);
        filter.Take(leaf.MspId, leaf.Key.Id, StolenSince(before, leaf.Key.Id), leaf.Key.CompromisedSince);
        if (before?.Stolen.Any(one => one.KeyId == leaf.Key.Id) != true && leaf.Key.CompromisedSince is null) return;
        var others = (before?.Stolen ?? []).Where(one => one.KeyId != leaf.Key.Id);
        var stolen = leaf.Key.CompromisedSince is { } since ? others.Append(new StolenKey(leaf.Key.Id, since)) : others;
        Put(leaf.MspId, (before ?? new IssuerStanding()) with
        {
            Stolen = [.. stolen.OrderBy(one => one.KeyId, StringComparer.Ordinal)],
        });
    }

    /// <summary>Changes what heads say of who signs them.</summary>
    private void Change(string mspId, Func<SigningInstitution, SigningInstitution> change)
    {
        var before = issuers.Find(MembersKey) is { } value
            ? LedgerJson.Deserialize<MembersStanding>(value).Institutions : [];
        var known = before.FirstOrDefault(one => one.MspId == mspId) ?? new SigningInstitution { MspId = mspId };
        issuers.Put(MembersKey, CanonicalJson.Serialize(new MembersStanding
        {
            Institutions = [.. before.Where(one => one.MspId != mspId).Append(change(known))
                .OrderBy(one => one.MspId, StringComparer.Ordinal)],
        }));
    }

    private void Take(IdentityLeaf leaf)
    {
        var before = Find(leaf.MspId) ?? new IssuerStanding();
        var said = new IssuerName(leaf.Number, leaf.Identity.Did, leaf.Identity.Name);
        Put(leaf.MspId, before with
        {
            Names = [.. before.Names.Where(one => one.Number != leaf.Number).Append(said).OrderBy(one => one.Number)],
        });
    }

    /// <summary>Puts what the filter is now where heads commit to it; a filter that never listed anything is nowhere.
    /// </summary>
    private void Settle()
    {
        if (!filter.Settle()) return;
        var now = new FilterStanding(filter.Filter.Entries, Convert.ToBase64String(filter.Filter.Hash()));
        issuers.Put(FilterKey, CanonicalJson.Serialize(now));
    }

    private Func<string, DateTimeOffset?> StolenOf(string mspId)
    {
        var standing = new Lazy<IssuerStanding?>(() => Find(mspId));
        return keyId => StolenSince(standing.Value, keyId);
    }

    private static DateTimeOffset? StolenSince(IssuerStanding? issuer, string keyId) =>
        issuer?.Stolen.FirstOrDefault(one => one.KeyId == keyId)?.Since;

    private IssuerStanding? Find(string mspId) =>
        issuers.Find(KeyOf(mspId)) is { } value ? LedgerJson.Deserialize<IssuerStanding>(value) : null;

    private void Put(string mspId, IssuerStanding standing) =>
        issuers.Put(KeyOf(mspId), CanonicalJson.Serialize(standing));
}

/// <summary>The last that an issuer said of a credential.</summary>
public sealed record CredentialStanding
{
    /// <summary>The state, one of <see cref="CredentialState"/>.</summary>
    public required string State { get; init; }

    /// <summary>The reason, one of <see cref="StatusReason"/>; none when reinstated.</summary>
    public string? Reason { get; init; }

    /// <summary>The credential that replaces it, if one does.</summary>
    public CredentialReference? ReplacedBy { get; init; }

    /// <summary>The issuer's key that signed it.</summary>
    public required string KeyId { get; init; }

    /// <summary>The moment of the block that wrote it.</summary>
    public required DateTimeOffset Moment { get; init; }
}

/// <summary>What stands of an institution.</summary>
public sealed record IssuerStanding
{
    /// <summary>What it was confirmed to be, the first first. Default is none: nobody confirmed it.</summary>
    public IReadOnlyList<IssuerName> Names { get; init; } = [];

    /// <summary>Its keys that were reported stolen, by their names. Default is none.</summary>
    public IReadOnlyList<StolenKey> Stolen { get; init; } = [];
}

/// <summary>What an institution was confirmed to be.</summary>
/// <param name="Number">Which of its identities, from 0.</param>
/// <param name="Did">Its DID, which stays its own.</param>
/// <param name="Name">Its name.</param>
public sealed record IssuerName(int Number, string Did, string Name);

/// <summary>A key that was reported stolen.</summary>
/// <param name="KeyId">The key.</param>
/// <param name="Since">From when on it was in other hands.</param>
public sealed record StolenKey(string KeyId, DateTimeOffset Since);

/// <summary>Who signs the log's heads, so that a head renews the trust in those that follow it.</summary>
public sealed record MembersStanding
{
    /// <summary>Every institution that is or was a member or has a key of the log, by their names.</summary>
    public IReadOnlyList<SigningInstitution> Institutions { get; init; } = [];
}

/// <summary>An institution that may sign heads.</summary>
public sealed record SigningInstitution
{
    /// <summary>The institution.</summary>
    public required string MspId { get; init; }

    /// <summary>Whether it is a member now.</summary>
    public bool IsMember { get; init; }

    /// <summary>
    /// Its keys of the log, also those that were withdrawn or stolen, as the ledger has them, but for what
    /// countersigned them: a leaf has that.
    /// </summary>
    public IReadOnlyList<SigningKey> Keys { get; init; } = [];
}

/// <summary>What names the filter of all that is not in force.</summary>
/// <param name="Entries">How many entries it has.</param>
/// <param name="Hash">Its hash, base64 of 32 bytes, see <see cref="StatusFilter.Hash"/>.</param>
public sealed record FilterStanding(long Entries, string Hash);
