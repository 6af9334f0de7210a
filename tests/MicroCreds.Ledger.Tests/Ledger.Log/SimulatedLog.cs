using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Log;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Notes;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Log.Witnessing;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Ledger.Credentials;

namespace MicroCreds.Ledger.Tests.Ledger.Log;

/// <summary>A ledger's log in memory, with what stands by it: a leaf a minute.</summary>
internal sealed class SimulatedLog
{
    public const string Ledger = SampleIssuer.Ledger;

    private readonly List<LogLeaf> _leaves;

    private SimulatedLog(List<LogLeaf> leaves) => _leaves = leaves;

    public IReadOnlyList<LogLeaf> Leaves => _leaves;

    /// <summary>The moment of the next leaf.</summary>
    public DateTimeOffset Now => SampleIssuer.IssuedAt.AddMinutes(_leaves.Count);

    /// <summary>A log in which the ledger is founded, and the issuer is confirmed with its keys.</summary>
    public static SimulatedLog Of(SampleIssuer issuer, bool isConfirmed = true)
    {
        var institution = issuer.Institution;
        var log = new SimulatedLog([]);
        log.Record(LeafTypes.Founding, new Founding { Ledger = Ledger, Members = [institution.MspId] });
        foreach (var key in institution.Keys) log.Record(LeafTypes.Key, new KeyLeaf(institution.MspId, key));
        if (isConfirmed)
            log.Record(LeafTypes.Identity, new IdentityLeaf(institution.MspId, 0, institution.Identities[0]));
        return log;
    }

    /// <summary>The log as it was, or as somebody would have it.</summary>
    public static SimulatedLog Of(IEnumerable<LogLeaf> leaves) => new([.. leaves]);

    public void Record<T>(string type, T record)
        where T : class => _leaves.Add(NewLeaf(type) with { Record = Element(record) });

    public void Issue(SampleCohort cohort) =>
        Say(IssuanceStatement.TypeName, cohort.Issuance.Statement, cohort.Issuance.Signature);

    public void Change(Status status) => Say(StatusStatement.TypeName, status.Statement, status.Signature);

    /// <summary>What stands by all leaves, or by those that somebody does not hide.</summary>
    public LogStanding Standing(Func<LogLeaf, bool>? isShown = null)
    {
        var standing = LogStanding.New();
        foreach (var leaf in _leaves.Where(leaf => isShown?.Invoke(leaf) != false)) standing.Take(leaf);
        return standing;
    }

    public LogHead Head(LogStanding? standing = null) =>
        new(Ledger, _leaves.Count, Tree.Root()) { Extensions = (standing ?? Standing()).Roots().ToLines() };

    public TiledTree Tree
    {
        get
        {
            var growth = new TileGrowth(0, _ => default);
            foreach (var leaf in _leaves) growth.Append(MerkleTree.LeafHash(leaf.ToBytes()));
            var tiles = growth.Changed.ToDictionary(one => (one.Tile.Level, one.Tile.Index), one => one.Hashes);
            return new TiledTree(_leaves.Count, tile => tiles[(tile.Level, tile.Index)]);
        }
    }

    /// <summary>Proves what stands of a credential, or under another key, by a head that was signed.</summary>
    public byte[] Prove(
        SignedNote head, SampleCohort cohort, int index = 0, LogStanding? standing = null, byte[]? key = null)
    {
        int leaf = _leaves.FindIndex(one => one.Type == IssuanceStatement.TypeName
            && one.Statement!.Value.GetProperty("root").GetString() == cohort.Root);
        string mspId = cohort.Issuance.Statement.MspId;
        standing ??= Standing();
        var evidence = new LogProofEvidence
        {
            Leaf = _leaves[leaf],
            Credential = standing.Credentials.Prove(key ?? LogStanding.KeyOf(mspId, cohort.Root, index)),
            Issuer = standing.Issuers.Prove(LogStanding.KeyOf(mspId)),
        };
        return new LogProofFile(leaf, Tree.InclusionProof(leaf), evidence, head).ToBytes();
    }

    /// <summary>The filter of what is not in force, by a head that was signed.</summary>
    public StatusFilterFile Filter(SignedNote head, LogStanding? standing = null)
    {
        standing ??= Standing();
        return new StatusFilterFile(
            null, standing.Issuers.Prove(LogStanding.FilterKey), standing.Filter.ToBytes(), head);
    }

    private void Say<T>(string type, T statement, string signature)
        where T : class => _leaves.Add(NewLeaf(type) with { Statement = Element(statement), Signature = signature });

    private LogLeaf NewLeaf(string type) => new()
    {
        Block = _leaves.Count,
        Moment = Now,
        Position = 0,
        TransactionId = new string('a', 64),
        Type = type,
    };

    private static JsonElement Element<T>(T value) => JsonSerializer.SerializeToElement(value, LedgerJson.Options);
}

/// <summary>Somebody who signs heads.</summary>
internal sealed class SimulatedCosigner : IDisposable
{
    private readonly IssuerPrivateKey _key = IssuerPrivateKey.Generate(KeyAlgorithm.Ed25519);
    private readonly NoteSigner _signer;

    public SimulatedCosigner(string name, bool isMember = true)
    {
        Name = name;
        string cosigner = isMember ? MemberCosigner.NameOf(SimulatedLog.Ledger, name) : name;
        _signer = new NoteSigner(cosigner, NoteKeyType.Cosignature, _key);
    }

    public string Name { get; }

    public NoteKey Key => _signer.Key;

    /// <summary>Its key as the ledger has it.</summary>
    public SigningKey Registered(DateTimeOffset from) => new()
    {
        Id = $"log-{Key.Id:x8}",
        PublicKeyMultibase = _key.PublicKeyMultibase,
        ValidFrom = from,
    };

    public TrustedCosigner Trusted => new() { Name = Name, Keys = [new CosignerKey($"{Key}")] };

    public NoteSignature Sign(LogHead head, DateTimeOffset time)
    {
        var signing = _signer.SignAsync(head.ToText(), time);
        return signing.IsCompleted ? signing.Result : signing.AsTask().GetAwaiter().GetResult();
    }

    public void Dispose() => _key.Dispose();
}
