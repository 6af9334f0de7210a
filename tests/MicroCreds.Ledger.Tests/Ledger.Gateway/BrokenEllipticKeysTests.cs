using System.Text.Json;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Issuing;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// A thief with every elliptic key there is: the clients' and peers' and orderers' of all members, so that he writes
/// any record in anybody's name, and the elliptic halves of all signing keys. A has halves of ML-DSA-44, B has none;
/// what he reaches with B shows that the same would work without them.
/// </summary>
public sealed partial class BrokenEllipticKeysTests : IAsyncDisposable
{
    private const string Ledger = "channel:0123";

    private static readonly string[] All = ["AMSP", "BMSP"];
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly IssuerKey _old = IssuerKey.Of(IssuerPrivateKey.Generate()) with { Id = "old" };
    private readonly IssuerKey _now =
        IssuerKey.Of(IssuerPrivateKey.Generate()) with { Id = "now", MlDsa = MlDsaPrivateKey.Generate() };

    private readonly IssuerKey _next =
        IssuerKey.Of(IssuerPrivateKey.Generate()) with { Id = "next", MlDsa = MlDsaPrivateKey.Generate() };

    private readonly IssuerKey _thiefs =
        IssuerKey.Of(IssuerPrivateKey.Generate()) with { Id = "thiefs", MlDsa = MlDsaPrivateKey.Generate() };

    private readonly GatewayServiceOptions _options = new()
    {
        MspId = "AMSP",
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = Directory.CreateTempSubdirectory("thief-").FullName,
    };

    private LedgerProjection? _projection;

    private LedgerProjection Mirror => _projection ??= LedgerProjection.Open(_options);

    /// <summary>The key as the thief has it: its elliptic half.</summary>
    private IssuerKey StolenNow => _now with { MlDsa = null };

    [Fact]
    public async Task Issuance_ByTheEllipticHalf_CountsNowhere()
    {
        await StartAsync();
        await IssuesAsync(_now, counts: true, 'a');
        await IssuesAsync(StolenNow, counts: false, 'b');
        await IssuesAsync(_now with { MlDsa = _thiefs.MlDsa }, counts: false, 'c');
        await IssuesAsync(_old, counts: false, 'd');
        await IssuesAsync(_old, counts: true, 'e', "BMSP");
    }

    [Fact]
    public async Task Key_ThatNoEarlierHalfCountersigned_IsNone_AlsoAfterARestart()
    {
        await StartAsync();
        var record = Mirror.Institutions["AMSP"];
        SigningKey[] forged =
        [
            Registered(_thiefs),
            Registered(_thiefs with { Id = "thiefs-2", MlDsa = null }),
            Registered(_thiefs with { Id = "thiefs-3" }, by: _thiefs with { Id = "now" }),
            Registered(_thiefs with { Id = "thiefs-4" }, by: _thiefs with { Id = "thiefs" }),
            Registered(_thiefs with { Id = "log-thiefs" }, by: _thiefs with { Id = "now" }),
        ];
        await WriteAsync("AMSP", Write(record with { Keys = [.. record.Keys, .. forged] }));
        await ReopenAsync();
        Assert.Equal(["old", "now"], Mirror.Institutions["AMSP"].Keys.Select(key => key.Id));
        await IssuesAsync(_thiefs, counts: false, 'a');

        // What a peer tells of it is judged alike.
        var told = Mirror.Judge(record with { Keys = [.. record.Keys, .. forged] });
        Assert.Equal(["old", "now"], told.Keys.Select(key => key.Id));

        // Of B he adds one.
        var other = Mirror.Institutions["BMSP"];
        var planted = Registered(_thiefs with { MlDsa = null });
        await WriteAsync("BMSP", Write(other with { Keys = [.. other.Keys, planted] }));
        Assert.Contains(planted, Mirror.Institutions["BMSP"].Keys);
    }

    [Fact]
    public async Task Key_ThatTheOneBeforeCountersigned_Counts_AndTheAuditFindsNothing()
    {
        await StartAsync();
        await AddAsync(Registered(_next, by: _now));
        await IssuesAsync(_next, counts: true, 'a');
        await WithdrawAsync("now");
        await IssuesAsync(_now, counts: false, 'b');
        Assert.All(Faults(Entries()), Assert.Null);

        // From then on the withdrawn one countersigns nothing, and several at once are told as they came.
        await AddAsync(Registered(_thiefs, by: _now));
        Assert.DoesNotContain(Mirror.Institutions["AMSP"].Keys, key => key.Id == "thiefs");
        var third = _now with { Id = "third", MlDsa = MlDsaPrivateKey.Generate() };
        var known = Mirror.Institutions["AMSP"];
        var told = Mirror.Judge(known with
        {
            Keys =
            [
                .. known.Keys, Registered(third, by: _next) with { RevokedAt = Begin.AddDays(9) },
                Registered(_thiefs with { Id = "fourth" }, by: third),
            ],
        });
        Assert.Equal(["third", "fourth"], told.Keys.TakeLast(2).Select(key => key.Id));
    }

    [Fact]
    public async Task RecordOfTheKeys_WrittenAnew_GivesNothingBack()
    {
        await StartAsync();
        var honest = Mirror.Institutions["AMSP"];
        SigningKey[][] forgeries =
        [
            [.. honest.Keys.Select(key => key with { RevokedAt = null })],
            [.. honest.Keys.Select(key => key with { MlDsaMultibase = null })],
            [honest.Keys[0] with { RevokedAt = null }],
            [honest.Keys[1] with { MlDsaMultibase = _thiefs.MlDsa!.PublicKey.PublicKeyMultibase }],
            [.. honest.Keys.Select(key => key with { ValidFrom = Begin.AddYears(-1), RevokedAt = Begin.AddYears(9) })],
            [],
        ];
        long size = Mirror.Log.Now.Size;
        foreach (var keys in forgeries)
        {
            await WriteAsync("AMSP", Write(honest with { Keys = keys }));
            Assert.Equal(honest.Keys, Mirror.Institutions["AMSP"].Keys);
        }

        await ReopenAsync();
        Assert.Equal(honest.Keys, Mirror.Institutions["AMSP"].Keys);
        Assert.Equal(size, Mirror.Log.Now.Size);
        await IssuesAsync(_old, counts: false, 'a');
        await IssuesAsync(StolenNow, counts: false, 'b');
        await IssuesAsync(_now with { MlDsa = _thiefs.MlDsa }, counts: false, 'c');
    }

    [Fact]
    public async Task Reinstatement_ByTheThief_IsNone_ThoughHeMayWithdraw()
    {
        await StartAsync();
        await IssuesAsync(_now, counts: true, 'a');
        await SaysAsync(_now, CredentialState.Suspended, 1, counts: true);
        await SaysAsync(StolenNow, CredentialState.InForce, 2, counts: false);
        await SaysAsync(_old, CredentialState.InForce, 2, counts: false);

        // Bad news of a withdrawn key counts, whoever has it: he can deny, as by withdrawing a key.
        await SaysAsync(_old, CredentialState.Revoked, 2, counts: true);
        await SaysAsync(StolenNow, CredentialState.Revoked, 3, counts: false);
    }

    [Fact]
    public async Task Status_OfBefore_WrittenAgain_ChangesNothingOfWhatTheLogSaysStands()
    {
        await StartAsync();
        await IssuesAsync(_now, counts: true, 'a');
        await SaysAsync(_now, CredentialState.Suspended, 1, counts: true);
        var reinstated = Status(_now, CredentialState.InForce, 2);
        await WriteAsync("AMSP", await reinstated);
        await SaysAsync(_now, CredentialState.Revoked, 3, counts: true);
        var standing = Mirror.Log.Now.Standing.ToLines();
        await WriteAsync("AMSP", await reinstated);
        Assert.Equal(standing, Mirror.Log.Now.Standing.ToLines());
    }

    /// <summary>B has no half, so that he issues as B; he would have B bear the DID of A.</summary>
    [Fact]
    public async Task Did_ThatWasConfirmedAsAnothers_IsNeverBs_AlsoAfterARestart()
    {
        await StartAsync();
        var (a, b) = (Mirror.Institutions["AMSP"], Mirror.Institutions["BMSP"]);
        await WriteAsync("AMSP", Write(a with { Identities = [a.Standing] }));
        await WriteAsync("BMSP", Write(b with { Identities = [b.Standing] }));
        long size = Mirror.Log.Now.Size;
        var borne = b with { Did = a.Did, Identities = [b.Standing, b.Standing with { Did = a.Did }] };
        foreach (var forged in new[] { borne, borne with { Identities = [b.Standing] } })
        {
            await WriteAsync("BMSP", Write(forged));
            await ReopenAsync();
            Assert.False(Mirror.Institutions["BMSP"].HasDid(a.Did));
            Assert.True(Mirror.Institutions["BMSP"].HasDid(b.Did));
            Assert.False(Mirror.Judge(forged).HasDid(a.Did));
            Assert.True(Mirror.Institutions["AMSP"].HasDid(a.Did));
            Assert.Equal(size, Mirror.Log.Now.Size);
        }

        // Nor is it free for B once A's record does not have it any more.
        await WriteAsync("AMSP", Write(a with { Did = "did:web:elsewhere.example", Identities = [] }));
        await WriteAsync("BMSP", Write(borne with { Identities = [b.Standing with { Did = a.Did }] }));
        await ReopenAsync();
        Assert.False(Mirror.Institutions["BMSP"].IsConfirmed);
        var leaf = LogLeaf.Parse(Entries()[^1]) with
        {
            Type = LeafTypes.Identity,
            Record = JsonSerializer.SerializeToElement(
                new IdentityLeaf("BMSP", 1, b.Standing with { Did = a.Did }), LedgerJson.Options),
        };
        Assert.Contains("never another's", Faults([.. Entries(), leaf.ToBytes()])[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_OfALogWithAForgedKey_NamesItsLeaf()
    {
        await StartAsync();
        var last = LogLeaf.Parse(Entries()[^1]);
        var forged = Leaf(Registered(_thiefs, by: _thiefs with { Id = "now" }));
        var faults = Faults([.. Entries(), forged]);
        Assert.Contains("was not countersigned", faults[^1], StringComparison.Ordinal);
        Assert.All(faults.SkipLast(1), Assert.Null);
        var back = Leaf(Mirror.Institutions["AMSP"].Keys[0] with { RevokedAt = null });
        Assert.Contains("taken back into force", Faults([.. Entries(), back])[^1], StringComparison.Ordinal);

        byte[] Leaf(SigningKey key) => (last with
        {
            Type = LeafTypes.Key,
            Record = JsonSerializer.SerializeToElement(
                new KeyLeaf("AMSP", key), LedgerJson.Options),
        }).ToBytes();
    }

    public async ValueTask DisposeAsync()
    {
        if (_projection is not null) await _projection.DisposeAsync();
        foreach (var key in new[] { _old, _now, _next, _thiefs }) ((IDisposable)key.Signer).Dispose();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    private async Task StartAsync()
    {
        await WriteAsync(
            "AMSP", Write(RecordKey.Founding(), new Founding { Ledger = Ledger, Members = All }),
            Write(RecordKey.Members(), new Members(All)));
        foreach (string mspId in All) await WriteAsync(mspId, Write(InstitutionOf(mspId, Registered(_old))));

        // As the contract does: with the first key that has both halves the others are withdrawn.
        var now = Registered(_now);
        await WriteAsync(
            "AMSP", Write(InstitutionOf("AMSP", Registered(_old) with { RevokedAt = now.ValidFrom }, now)));
    }

    private async Task ReopenAsync()
    {
        await Mirror.DisposeAsync();
        _projection = LedgerProjection.Open(_options);
    }

    private static Institution InstitutionOf(string mspId, params SigningKey[] keys) => new()
    {
        MspId = mspId,
        Name = mspId,
        Country = "FI",
        Did = $"did:web:{mspId}.example",
        Keys = keys,
    };

    /// <summary>A key as the ledger would have it.</summary>
    private static SigningKey Registered(IssuerKey key, IssuerKey? by = null)
    {
        var registered = new SigningKey
        {
            Id = key.Id,
            PublicKeyMultibase = key.Signer.PublicKeyMultibase,
            MlDsaMultibase = key.MlDsa?.PublicKey.PublicKeyMultibase,
            CountersignedBy = by?.Id,
            ValidFrom = Begin.AddHours(1),
        };
        byte[] statement = Statements.BytesToSign(KeyStatement.Of(Ledger, "AMSP", registered));
        return registered with
        {
            Countersignature = by is null ? null : Statements.EncodeSignature(by.MlDsa!.Sign(statement)),
        };
    }

    private Task<IReadOnlyList<string>> AddAsync(SigningKey key)
    {
        var record = Mirror.Institutions["AMSP"];
        return WriteAsync("AMSP", Write(record with { Keys = [.. record.Keys, key] }));
    }

    private Task<IReadOnlyList<string>> WithdrawAsync(string id)
    {
        var record = Mirror.Institutions["AMSP"];
        return WriteAsync("AMSP", Write(record with
        {
            Keys = [.. record.Keys.Select(key => key.Id == id ? key with { RevokedAt = Mirror.Head!.Time } : key)],
        }));
    }

    private async Task IssuesAsync(IssuerKey by, bool counts, char digit, string mspId = "AMSP")
    {
        var signed = await by.SignAsync(new IssuanceStatement
        {
            Ledger = Ledger,
            MspId = mspId,
            Root = new string(digit, 64),
            Size = 5,
            Achievements = [new AchievementReference("a", 1)],
            KeyId = by.Id,
            StatusList = "list-1",
            StatusOffset = 0,
        });
        long size = Mirror.Log.Now.Size;
        await WriteAsync(mspId, Write(RecordKey.Issuance(mspId, signed.Statement.Root), new Issuance
        {
            Statement = signed.Statement,
            Signature = signed.Signature,
            IssuedAt = Begin,
            TransactionId = "t",
        }));
        Assert.Equal(counts ? size + 1 : size, Mirror.Log.Now.Size);
        var moment = Mirror.Head!.Time;
        var standing = StatementRule.StandingOf(
            signed, Ledger, Mirror.Institutions[mspId], new WritingTime(moment, moment));
        Assert.Equal(counts, standing == StatementStanding.Counts);
    }

    private async Task SaysAsync(IssuerKey by, string state, int sequence, bool counts)
    {
        long size = Mirror.Log.Now.Size;
        await WriteAsync("AMSP", await Status(by, state, sequence));
        Assert.Equal(counts ? size + 1 : size, Mirror.Log.Now.Size);
    }

    private static async Task<LedgerWrite> Status(IssuerKey by, string state, int sequence)
    {
        var signed = await by.SignAsync(new StatusStatement
        {
            Ledger = Ledger,
            MspId = "AMSP",
            Root = new string('a', 64),
            Index = 1,
            Sequence = sequence,
            State = state,
            Reason = state == CredentialState.InForce ? null : StatusReason.UnderReview,
            KeyId = by.Id,
        });
        return Write(RecordKey.Status("AMSP", signed.Statement.Root, 1), new Status
        {
            Statement = signed.Statement,
            Signature = signed.Signature,
            ChangedAt = Begin,
            TransactionId = "t",
        });
    }

    private IReadOnlyList<byte[]> Entries()
    {
        int size = (int)Mirror.Log.Now.Size;
        return EntryBundle.Read(Mirror.Log.Find(new Tile(Tile.Entries, 0, size)), size);
    }

    private static List<string?> Faults(IEnumerable<byte[]> entries)
    {
        var audit = new LogAudit();
        return [.. entries.Select(entry => audit.Read(entry))];
    }

    private static LedgerWrite Write(Institution institution) =>
        Write(RecordKey.Institution(institution.MspId), institution);

    private static LedgerWrite Write<T>(RecordKey key, T record)
        where T : class => new(CompositeKey.Create(key.ObjectType, key.Attributes), CanonicalJson.Serialize(record));

    /// <summary>Writes a block, an hour after the one before, by whose client the thief likes.</summary>
    private Task<IReadOnlyList<string>> WriteAsync(string creator, params LedgerWrite[] writes)
    {
        ulong number = Mirror.NextBlock;
        long time = Begin.AddHours(number).ToUnixTimeMilliseconds();
        return Mirror.ApplyAsync(new LedgerBlock(
            number, time,
            [.. writes.Select((write, position) => new LedgerTransaction($"t{number}", position, time, [write], null)
            {
                Creator = creator,
            })])
        {
            Hash = [(byte)number],
            PreviousHash = [(byte)(number - 1)],
        });
    }
}
