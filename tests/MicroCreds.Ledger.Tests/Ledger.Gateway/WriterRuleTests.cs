using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>
/// Blocks with what a majority of peers endorsed in another member's name: Fabric lets it pass, but the client that
/// sent it was none of that member's.
/// </summary>
public sealed class WriterRuleTests : IAsyncDisposable
{
    private const string Victim = "AMSP";
    private const string Other = "BMSP";

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SigningKey Own = Key("own");
    private static readonly SigningKey Planted = Key("planted");

    private readonly GatewayServiceOptions _options = new()
    {
        MspId = Victim,
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = Directory.CreateTempSubdirectory("writers-").FullName,
    };

    private LedgerProjection? _projection;

    private LedgerProjection Mirror => _projection ??= LedgerProjection.Open(_options);

    private IEnumerable<string> Keys => Mirror.FindInstitution(Victim)!.Keys.Select(key => key.Id);

    [Fact]
    public async Task Key_AddedByAnother_CountsNever()
    {
        await WriteAsync(Victim, Of(Own));
        Assert.Equal(["t1"], await WriteAsync(Other, Of(Own, Planted)));
        Assert.Equal(["own"], Keys);
        await ReopenAsync();
        Assert.Equal(["own"], Keys);

        // What the institution writes next has the planted key in it, for the contract writes the whole record.
        var later = Key("later");
        Assert.Empty(await WriteAsync(Victim, Of(Own, Planted, later)));
        Assert.Equal(["own", "later"], Keys);
        Assert.Empty(await WriteAsync(Victim, Of(Own, Planted with { RevokedAt = Begin }, later)));
        await ReopenAsync();
        Assert.Equal(["own", "later"], Keys);
    }

    [Fact]
    public async Task Institution_RegisteredByAnother_HasNoKeys()
    {
        Assert.Equal(["t0"], await WriteAsync(Other, Of(Planted)));
        Assert.Empty(Keys);
        await WriteAsync(Victim, Of(Planted, Own));
        Assert.Equal(["own"], Keys);
    }

    [Fact]
    public async Task Key_WithdrawnChangedOrLeftOutByAnother_StaysAsItsOwnerLeftIt()
    {
        await WriteAsync(Victim, Of(Own));
        Assert.Equal(["t1"], await WriteAsync(Other, Of(Own with { RevokedAt = Begin, CompromisedSince = Begin })));
        Assert.Equal([Own], Mirror.FindInstitution(Victim)!.Keys);
        Assert.Equal(["t2"], await WriteAsync(Other, Of(Own with { PublicKeyMultibase = "zDnaOther" })));
        Assert.Equal([Own], Mirror.FindInstitution(Victim)!.Keys);
        Assert.Equal(["t3"], await WriteAsync(Other, Of()));
        Assert.Equal([Own], Mirror.FindInstitution(Victim)!.Keys);
        var withdrawn = Own with { RevokedAt = Begin.AddDays(1) };
        Assert.Empty(await WriteAsync(Victim, Of(withdrawn)));
        Assert.Equal([withdrawn], Mirror.FindInstitution(Victim)!.Keys);
    }

    [Fact]
    public async Task Identity_ConfirmedByAnothersVote_IsTakenIn_WithTheKeysAsTheyWere()
    {
        await WriteAsync(Victim, Of(Own));
        Assert.Empty(await WriteAsync(Other, Of(Own) with { Name = "Aurora University" }));
        Assert.Equal("Aurora University", Mirror.FindInstitution(Victim)!.Name);
        Assert.Equal(["own"], Keys);
    }

    [Fact]
    public async Task Institution_AsThePeerAnswersIt_HasTheKeysThatCount()
    {
        await WriteAsync(Victim, Of(Own));
        await WriteAsync(Other, Of(Own, Planted));

        // What is newer at the peer is taken for its owner's until the block comes.
        var newer = Key("newer");
        Assert.Equal([Own, newer], Mirror.Judge(Of(Own, Planted, newer)).Keys);
    }

    public static TheoryData<RecordKey> Owned =>
    [
        RecordKey.Achievement(Victim, "a", 1), RecordKey.Pathway(Victim, "p", 1),
        RecordKey.Issuance(Victim, new string('a', 64)), RecordKey.Status(Victim, new string('a', 64), 1),
        RecordKey.Accreditation(Other, Victim, "x"), RecordKey.AgreementAcceptance("CMSP.a", 1, Victim),
        RecordKey.AgreementNotice("CMSP.a", Victim), RecordKey.WithdrawnApiKey(Victim, new string('a', 64)),
    ];

    [Theory]
    [MemberData(nameof(Owned))]
    public async Task Record_OfAnother_IsNeitherWrittenNorReplacedNorDeleted(RecordKey key)
    {
        Assert.Equal(["t0"], await WriteAsync(Other, new LedgerWrite(StateKey(key), "{}"u8.ToArray())));
        Assert.Equal(0, CountRecords());
        await ReopenAsync();
        Assert.True(Mirror.IsPassedOver(key));
        Assert.Equal(0, Mirror.Unreadable.Count);
        Assert.Empty(await WriteAsync(Victim, new LedgerWrite(StateKey(key), "{}"u8.ToArray())));
        Assert.Equal(1, CountRecords());
        await ReopenAsync();
        Assert.False(Mirror.IsPassedOver(key));
        Assert.Equal(["t2"], await WriteAsync(Other, new LedgerWrite(StateKey(key), null)));
        Assert.Equal(1, CountRecords());
        Assert.True(Mirror.IsPassedOver(key));
        Assert.Equal(1, Mirror.DoubtfulTransactions);
    }

    [Fact]
    public async Task Institution_DeletedByAnybody_StaysWhoItWas()
    {
        await WriteAsync(Victim, Of(Own));
        var deletion = new LedgerWrite(StateKey(RecordKey.Institution(Victim)), null);
        Assert.Equal(["t1"], await WriteAsync(Other, deletion));
        Assert.Equal(["own"], Keys);
    }

    [Fact]
    public async Task Event_OfARecordThatIsLeftOut_IsNotTold()
    {
        byte[] record = "{}"u8.ToArray();
        string key = StateKey(RecordKey.Status(Victim, new string('a', 64), 1));
        var raised = new LedgerEvent(EventNames.StatusChanged, record);
        await ApplyAsync(Other, new LedgerWrite(key, record), raised);
        Assert.Equal(0, Count("event"));
        await ApplyAsync(Victim, new LedgerWrite(key, record), raised);
        Assert.Equal(1, Count("event"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_projection is not null)
            await _projection.DisposeAsync();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    private static SigningKey Key(string id) =>
        new() { Id = id, PublicKeyMultibase = $"zDna{id}", ValidFrom = Begin };

    private static Institution Of(params SigningKey[] keys) => new()
    {
        MspId = Victim,
        Name = "Aurora",
        Country = "FI",
        Did = "did:web:aurora.example",
        Keys = keys,
    };

    private static string StateKey(RecordKey key) => CompositeKey.Create(key.ObjectType, key.Attributes);

    private Task<IReadOnlyList<string>> WriteAsync(string creator, Institution record) => WriteAsync(
        creator, new LedgerWrite(StateKey(RecordKey.Institution(record.MspId)), CanonicalJson.Serialize(record)));

    private Task<IReadOnlyList<string>> WriteAsync(string creator, LedgerWrite write) => ApplyAsync(creator, write);

    private Task<IReadOnlyList<string>> ApplyAsync(string creator, LedgerWrite write, LedgerEvent? raised = null)
    {
        ulong number = Mirror.NextBlock;
        long time = Begin.AddHours(number).ToUnixTimeMilliseconds();
        return Mirror.ApplyAsync(new LedgerBlock(
            number, time, [new LedgerTransaction($"t{number}", 0, time, [write], raised) { Creator = creator }])
        {
            Hash = [(byte)number],
            PreviousHash = [(byte)(number - 1)],
        });
    }

    private long CountRecords() => Count("record");

    private long Count(string table)
    {
        using var reader = Mirror.Database.Read();
        using var count = reader.Prepare($"SELECT count(*) FROM {table}", 0);
        return (long)count.ExecuteScalar()!;
    }

    private async Task ReopenAsync()
    {
        await Mirror.DisposeAsync();
        _projection = LedgerProjection.Open(_options);
    }
}
