using System.Text;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Log.Tiles;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Which writes of blocks become leaves of the log, and that nothing else does.</summary>
public sealed class LogDerivationTests : IAsyncDisposable
{
    private const string Ledger = "channel:0123";

    private static readonly string[] All = ["AMSP", "BMSP"];
    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly GatewayServiceOptions _options = Options("log-");
    private readonly GatewayServiceOptions _others = Options("other-log-");
    private readonly Dictionary<string, IssuerPrivateKey> _keys =
        All.ToDictionary(mspId => mspId, _ => IssuerPrivateKey.Generate());

    private readonly List<LedgerBlock> _blocks = [];
    private LedgerProjection? _projection;

    private LedgerProjection Mirror => _projection ??= LedgerProjection.Open(_options);

    [Fact]
    public async Task Founding_MembersKeysAndStatements_HaveALeafEach_InTheOrderOfTheBlocks()
    {
        await StartAsync();
        await WriteAsync("AMSP", Issue("AMSP", 'a'), Issue("AMSP", 'b'));
        await WriteAsync("AMSP", Suspend("AMSP", 'a', 1));
        Assert.Equal(
            ["Founding", "Member", "Member", "SigningKey", "SigningKey", "Issuance", "Issuance", "Status"],
            Leaves().Select(leaf => leaf.Type));
        var last = Leaves()[^1];
        Assert.Equal((4, 0, "t4"), (last.Block, last.Position, last.TransactionId));
        Assert.Equal(Begin.AddHours(4), last.Moment);
        Assert.Equal("suspended", last.Statement!.Value.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Statement_ForgedRepeatedOrOfAnotherLedger_HasNoLeaf()
    {
        await StartAsync();
        await WriteAsync("AMSP", Issue("AMSP", 'a'));
        long size = Mirror.Log.Now.Size;

        // What B signed in A's name; what is there already; what is made for another ledger.
        await WriteAsync("AMSP", Issue("AMSP", 'b', _keys["BMSP"]), Issue("AMSP", 'a'));
        await WriteAsync("AMSP", Issue("AMSP", 'c', ledger: "channel:4567"));
        await WriteAsync("BMSP", Issue("AMSP", 'd'));
        Assert.Equal(size, Mirror.Log.Now.Size);
        await WriteAsync("AMSP", Issue("AMSP", 'd'));
        Assert.Equal(size + 1, Mirror.Log.Now.Size);
    }

    [Fact]
    public async Task Key_FoundToBeStolen_TakesNoLeafAway_AndGetsOneOfItsOwn()
    {
        await StartAsync();
        await WriteAsync("AMSP", Issue("AMSP", 'a'));
        var before = Mirror.Log.Now;
        await WriteAsync("AMSP", Write(RecordKey.Institution("AMSP"), InstitutionOf("AMSP", stolen: Begin)));
        Assert.Equal("SigningKey", Leaves()[^1].Type);
        Assert.Equal(before.Root.ToArray(), Mirror.Log.RootAt(before.Size));
        long size = Mirror.Log.Now.Size;
        await WriteAsync("AMSP", Issue("AMSP", 'b'));
        Assert.Equal(size, Mirror.Log.Now.Size);

        // Bad news counts whoever had the key.
        await WriteAsync("AMSP", Suspend("AMSP", 'a', 1));
        Assert.Equal("Status", Leaves()[^1].Type);
    }

    [Fact]
    public async Task Key_ThatAnotherPutIntoTheRecord_HasNoLeaf()
    {
        await StartAsync();
        long size = Mirror.Log.Now.Size;
        var record = InstitutionOf("AMSP");
        var planted = record.Keys[0] with { Id = "planted", PublicKeyMultibase = _keys["BMSP"].PublicKeyMultibase };
        await WriteAsync(
            "BMSP", Write(RecordKey.Institution("AMSP"), record with { Keys = [.. record.Keys, planted] }));
        Assert.Equal(size, Mirror.Log.Now.Size);
    }

    [Fact]
    public async Task SameBlocks_AtAnotherGateway_AndAfterARestartInBetween_MakeTheSameLog()
    {
        await StartAsync();
        foreach (char digit in "abcdef") await WriteAsync("AMSP", Issue("AMSP", digit), Issue("BMSP", digit));
        var here = Mirror.Log.Now;
        await ReopenAsync();
        Assert.Equal((here.Size, Hex(here.Root)), (Mirror.Log.Now.Size, Hex(Mirror.Log.Now.Root)));

        await using (var other = LedgerProjection.Open(_others))
        {
            foreach (var block in _blocks.Take(5)) await other.ApplyAsync(block);
        }

        await using var again = LedgerProjection.Open(_others);
        foreach (var block in _blocks.Skip(5)) await again.ApplyAsync(block);
        Assert.Equal((here.Size, Hex(here.Root)), (again.Log.Now.Size, Hex(again.Log.Now.Root)));
        Assert.Equal(Entries(Mirror), Entries(again));
    }

    [Fact]
    public async Task Audit_FindsNothingInAnHonestLog_AndTheLeafThatWasChanged()
    {
        await StartAsync();
        await WriteAsync("AMSP", Issue("AMSP", 'a'), Issue("BMSP", 'b'));
        var entries = Entries(Mirror);
        Assert.All(Faults(entries), Assert.Null);

        string leaf = Encoding.UTF8.GetString(entries[5]);
        string larger = leaf.Replace("\"size\":5", "\"size\":6", StringComparison.Ordinal);
        Assert.Equal(5, FirstFault([.. entries.Take(5), Bytes(larger)]));
        string earlier = leaf.Replace("\"moment\":\"2026", "\"moment\":\"2025", StringComparison.Ordinal);
        Assert.Equal(5, FirstFault([.. entries.Take(5), Bytes(earlier)]));
        Assert.Equal(5, FirstFault([.. entries.Take(5), Bytes(leaf + " ")]));
        Assert.Equal(5, FirstFault([.. entries.Take(5), "no leaf"u8.ToArray()]));
        Assert.Equal(6, FirstFault([.. entries.Take(6), entries[5]]));

        // Without the leaf of its key a statement does not count.
        Assert.Equal(4, FirstFault([.. entries.Take(3), entries[4], entries[5]]));
    }

    [Fact]
    public async Task WhatStands_IsWhatTheLeavesSay_AndIsProvenOfTheSizesThatAreAskedOf()
    {
        await StartAsync();
        await WriteAsync("AMSP", Issue("AMSP", 'a'));
        Assert.Equal(0, Mirror.Log.Now.Standing.Credentials);
        await WriteAsync("AMSP", Suspend("AMSP", 'a', 1));
        var (asked, key) = (Mirror.Log.Now, LogStanding.KeyOf("AMSP", new string('a', 64), 1));
        Mirror.Log.KeepStandingFrom = asked.Size;
        var before = asked;
        for (int sequence = 2; sequence < 6; sequence++)
        {
            before = Mirror.Log.Now;
            await WriteAsync("AMSP", Suspend("AMSP", 'a', sequence));
        }

        await WriteAsync("AMSP", Write(RecordKey.Institution("AMSP"), InstitutionOf("AMSP", stolen: Begin)));
        await ReopenAsync();

        // Of institutions there stand one, the members and the filter.
        Assert.Equal((1, 3), ((int)Mirror.Log.Now.Standing.Credentials, (int)Mirror.Log.Now.Standing.Issuers));
        var audit = new LogAudit();
        Assert.All(Entries(Mirror), entry => Assert.Null(audit.Read(entry)));
        Assert.Equal(audit.Standing.ToLines(), Mirror.Log.HeadAt(Ledger, Mirror.Log.Now.Size)!.Extensions);

        // Of the sizes from the one on that is asked of; not of a size at which no block ended, or that is not there.
        foreach (var extent in new[] { asked, before, Mirror.Log.Now })
        {
            var proof = Mirror.Log.StandingAt(extent.Size).Credentials.Prove(key);
            var roots = StandingRoots.Of(Mirror.Log.HeadAt(Ledger, extent.Size)!);
            Assert.True(proof.TryOpen(roots.CredentialsRoot.Span, key, out var said) && said is not null);
        }

        Assert.Null(Mirror.Log.HeadAt(Ledger, 1));
        Assert.Null(Mirror.Log.HeadAt(Ledger, Mirror.Log.Now.Size + 1));
        Assert.Equal(StandingRoots.None.ToLines(), Mirror.Log.HeadAt(Ledger, 0)!.Extensions);

        // What no proof is asked of any more is let go.
        Mirror.Log.KeepStandingFrom = Mirror.Log.Now.Size;
        await WriteAsync("AMSP", Suspend("AMSP", 'a', 6));
        using var reader = Mirror.Database.Read();
        Assert.Equal(
            2L, reader.Prepare("SELECT COUNT(*) FROM log_standing WHERE tree = 0", 0).ExecuteScalar());
    }

    [Fact]
    public async Task Filter_IsWhatTheLeavesMake_AtEachSize_AndChangesLeadFromOneToAnother()
    {
        await StartAsync();
        await WriteAsync("AMSP", Issue("AMSP", 'a'), Suspend("AMSP", 'a', 1), Issue("BMSP", 'b'));
        await WriteAsync("BMSP", Suspend("BMSP", 'b', 1));
        await WriteAsync("AMSP", Suspend("AMSP", 'a', 2, CredentialState.InForce), Issue("AMSP", 'c'));
        await ReopenAsync();
        foreach (var stolen in new[] { Begin.AddHours(5), Begin })
            await WriteAsync("AMSP", Write(RecordKey.Institution("AMSP"), InstitutionOf("AMSP", stolen)));
        var sizes = new List<long>();
        var audit = new LogAudit();
        foreach (byte[] entry in Entries(Mirror))
        {
            Assert.Null(audit.Read(entry));
            if (Mirror.Log.FindFilter(audit.Count) is not { } filter) continue;
            Assert.Equal(audit.Filter.ToBytes(), filter.ToBytes());
            if (sizes.Count == 0 || filter.Entries > 0) sizes.Add(audit.Count);
        }

        // Two suspended; one of them reinstated by a key that had been stolen, and then all that it signed.
        Assert.Equal(
            [0, 1, 2, 1, 3, 4], sizes.Select(size => (int)Mirror.Log.FindFilter(size)!.Entries));
        await ReopenAsync();
        foreach (var (earlier, later) in sizes.SelectMany(one => sizes, (one, other) => (one, other)))
        {
            var change = Mirror.Log.FindFilter(later, earlier);
            Assert.Equal(later >= earlier, change is not null);
            if (change is null) continue;
            var before = Mirror.Log.FindFilter(earlier)!;
            Assert.Equal(Mirror.Log.FindFilter(later)!.ToBytes(), before.With(change.All()).ToBytes());
        }

        Assert.Null(Mirror.Log.FindFilter(1));
        Assert.Null(Mirror.Log.FindFilter(Mirror.Log.Now.Size + 1));
    }

    [Fact]
    public async Task Record_ThatCannotBeRead_StopsTheLogAndNothingElse()
    {
        await StartAsync();
        long size = Mirror.Log.Now.Size;
        await WriteAsync("AMSP", Write(RecordKey.Achievement("AMSP", "a", 1), new { }), Issue("AMSP", 'a'));
        Assert.Equal((size + 1, (long?)null), (Mirror.Log.Now.Size, Mirror.Log.StoppedBefore));
        await WriteAsync("AMSP", Issue("AMSP", 'b'), Write(RecordKey.Status("AMSP", new string('a', 64), 1), new { }));
        await WriteAsync("AMSP", Issue("AMSP", 'c'));
        await ReopenAsync();
        Assert.Equal((size + 1, (long?)4), (Mirror.Log.Now.Size, Mirror.Log.StoppedBefore));
        Assert.Equal(5UL, Mirror.Head!.Block);
    }

    public async ValueTask DisposeAsync()
    {
        if (_projection is not null) await _projection.DisposeAsync();
        foreach (var key in _keys.Values) key.Dispose();
        Directory.Delete(_options.DataDirectory, recursive: true);
        Directory.Delete(_others.DataDirectory, recursive: true);
    }

    private static GatewayServiceOptions Options(string prefix) => new()
    {
        MspId = All[0],
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = Directory.CreateTempSubdirectory(prefix).FullName,
    };

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static IReadOnlyList<byte[]> Entries(LedgerProjection mirror)
    {
        int size = (int)mirror.Log.Now.Size;
        return EntryBundle.Read(mirror.Log.Find(new Tile(Tile.Entries, 0, size)), size);
    }

    private static List<string?> Faults(IEnumerable<byte[]> entries)
    {
        var audit = new LogAudit();
        return [.. entries.Select(entry => audit.Read(entry))];
    }

    private static int FirstFault(IEnumerable<byte[]> entries) => Faults(entries).FindIndex(fault => fault is not null);

    private List<LogLeaf> Leaves() => [.. Entries(Mirror).Select(entry => LogLeaf.Parse(entry))];

    private async Task StartAsync()
    {
        await WriteAsync("AMSP", Write(RecordKey.Founding(), new Founding { Ledger = Ledger, Members = All }),
            Write(RecordKey.Members(), new Members(All)));
        await WriteAsync("AMSP", Write(RecordKey.Institution("AMSP"), InstitutionOf("AMSP")));
        await WriteAsync("BMSP", Write(RecordKey.Institution("BMSP"), InstitutionOf("BMSP")));
    }

    private async Task ReopenAsync()
    {
        await Mirror.DisposeAsync();
        _projection = LedgerProjection.Open(_options);
    }

    private Institution InstitutionOf(string mspId, DateTimeOffset? stolen = null) => new()
    {
        MspId = mspId,
        Name = mspId,
        Country = "FI",
        Did = $"did:web:{mspId}.example",
        Keys =
        [
            new SigningKey
            {
                Id = "k",
                PublicKeyMultibase = _keys[mspId].PublicKeyMultibase,
                ValidFrom = Begin,
                CompromisedSince = stolen,
            },
        ],
    };

    private LedgerWrite Issue(string mspId, char digit, IssuerPrivateKey? by = null, string ledger = Ledger)
    {
        string root = new(digit, 64);
        var statement = new IssuanceStatement
        {
            Ledger = ledger,
            MspId = mspId,
            Root = root,
            Size = 5,
            Achievements = [new AchievementReference("a", 1)],
            KeyId = "k",
            StatusList = "list-1",
            StatusOffset = 0,
        };
        return Write(RecordKey.Issuance(mspId, root), new Issuance
        {
            Statement = statement,
            Signature = Sign(statement, by ?? _keys[mspId]),
            IssuedAt = Begin,
            TransactionId = "t",
        });
    }

    private LedgerWrite Suspend(
        string mspId, char digit, int sequence, string state = CredentialState.Suspended)
    {
        var statement = new StatusStatement
        {
            Ledger = Ledger,
            MspId = mspId,
            Root = new string(digit, 64),
            Index = 1,
            Sequence = sequence,
            State = state,
            Reason = state == CredentialState.Suspended ? StatusReason.UnderReview : null,
            KeyId = "k",
        };
        return Write(RecordKey.Status(mspId, statement.Root, 1), new Status
        {
            Statement = statement,
            Signature = Sign(statement, _keys[mspId]),
            ChangedAt = Begin,
            TransactionId = "t",
        });
    }

    private static string Sign<T>(T statement, IssuerPrivateKey key)
        where T : class => Statements.EncodeSignature(key.Sign(Statements.BytesToSign(statement)));

    private static LedgerWrite Write<T>(RecordKey key, T record)
        where T : class => new(CompositeKey.Create(key.ObjectType, key.Attributes), CanonicalJson.Serialize(record));

    /// <summary>Writes a block, an hour after the one before; A writes issuances in their owners' names.</summary>
    private async Task WriteAsync(string creator, params LedgerWrite[] writes)
    {
        ulong number = Mirror.NextBlock;
        long time = Begin.AddHours(number).ToUnixTimeMilliseconds();
        _blocks.Add(new LedgerBlock(
            number, time,
            [.. writes.Select((write, position) => new LedgerTransaction($"t{number}", position, time, [write], null)
            {
                Creator = RecordForms.KindOf(write.Key) == RecordKey.IssuanceType && creator == "AMSP"
                    ? CompositeKey.Split(write.Key).Attributes[0] : creator,
            })])
        {
            Hash = [(byte)number],
            PreviousHash = [(byte)(number - 1)],
        });
        await Mirror.ApplyAsync(_blocks[^1]);
    }
}
