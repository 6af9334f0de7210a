using System.Text;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>Records that a gateway cannot read, such as those of a newer contract.</summary>
public sealed class UnreadableRecordTests : IAsyncDisposable
{
    private const string Msp = "AuroraMSP";

    private static readonly string Root = new('a', 64);

    private readonly GatewayServiceOptions _options = new()
    {
        MspId = Msp,
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = Directory.CreateTempSubdirectory("projection-").FullName,
    };

    private LedgerProjection? _projection;

    public static TheoryData<string> Garbage =>
        ["null", "[]", "", "no JSON", "{\"mspId\":\"LindenMSP\"}", "{\"more\":true}", "{\"keys\":[null]}"];

    [Theory]
    [MemberData(nameof(Garbage))]
    public async Task Apply_GarbageUnderAnyKey_StopsNothingAndIsTold(string value)
    {
        var projection = Open();
        RecordKey[] keys =
        [
            RecordKey.Institution(Msp), RecordKey.Achievement(Msp, "a", 1), RecordKey.Pathway(Msp, "p", 1),
            RecordKey.Issuance(Msp, Root), RecordKey.Status(Msp, Root, 1), RecordKey.Ballot("b"),
            RecordKey.Accreditation(Msp, "MeridianMSP", "x"), RecordKey.AgreementProposal("a", 1),
        ];
        await projection.ApplyAsync(Block(0, [.. keys.Select(key => Write(key, Encoding.UTF8.GetBytes(value)))]));
        await projection.ApplyAsync(Block(1));
        Assert.Equal(1UL, projection.Head!.Block);
        Assert.Equal(keys.Length, projection.Unreadable.Count);
        var records = new ProjectedRecords(projection);
        Assert.Throws<RecordUnreadableException>(() => projection.FindInstitution(Msp));
        Assert.Throws<RecordUnreadableException>(() => records.FindStatus(Msp, Root, 1));
        Assert.Throws<RecordUnreadableException>(() => records.FindIssuance(Msp, Root));
        Assert.Throws<RecordUnreadableException>(() => records.FindNewestAchievement(Msp, "a"));
        Assert.Empty(records.ListAchievements(null, null, 10));
        Assert.Null(projection.AccreditationRecordsOf(Msp, null));
        Assert.Null(Assert.Single(records.ListStatuses(-1)).Status);
    }

    [Fact]
    public async Task Apply_ReadableRecordReplacedByAnUnreadableOne_IsNotAnsweredFromTheOldOne()
    {
        var projection = Open();
        await projection.ApplyAsync(Block(0, Write(RecordKey.Institution(Msp), CanonicalJson.Serialize(Aurora))));
        Assert.NotNull(projection.FindInstitution(Msp));
        await projection.ApplyAsync(Block(1, Write(RecordKey.Institution(Msp), "{}"u8.ToArray())));
        Assert.Throws<RecordUnreadableException>(() => projection.FindInstitution(Msp));
        await projection.DisposeAsync();
        Assert.Throws<RecordUnreadableException>(() => Open().FindInstitution(Msp));
        await _projection!.ApplyAsync(Block(2, Write(RecordKey.Institution(Msp), CanonicalJson.Serialize(Aurora))));
        Assert.NotNull(_projection.FindInstitution(Msp));
        Assert.Equal(0, _projection.Unreadable.Count);
    }

    [Fact]
    public async Task Open_AfterTheUpgrade_ReadsWhatWasMarkedWithoutRebuilding()
    {
        // The gateway before the upgrade knows nothing of such records.
        var projection = Open((_, _) => new RecordReading(null, "A member is not known."));
        await projection.ApplyAsync(Block(
            0, Write(RecordKey.Institution(Msp), CanonicalJson.Serialize(Aurora)), Issued()));
        Assert.Equal(2, projection.Unreadable.Count);
        Assert.False(new ProjectedRecords(projection).HasStatusList(Msp, "list-1"));
        await projection.DisposeAsync();

        projection = Open();
        Assert.Equal(1UL, projection.NextBlock);
        Assert.Equal(0, projection.Unreadable.Count);
        Assert.NotNull(projection.FindInstitution(Msp));
        var records = new ProjectedRecords(projection);
        Assert.NotNull(records.FindIssuance(Msp, Root));
        Assert.True(records.HasStatusList(Msp, "list-1"));
        Assert.Equal(5, new IssuingStatistics(projection).TotalOf(Msp).Issued);
    }

    public async ValueTask DisposeAsync()
    {
        if (_projection is not null)
            await _projection.DisposeAsync();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    private static Institution Aurora => new()
    {
        MspId = Msp,
        Name = "Aurora",
        Country = "FI",
        Did = "did:web:aurora.example",
    };

    private static LedgerWrite Issued() => Write(RecordKey.Issuance(Msp, Root), CanonicalJson.Serialize(new Issuance
    {
        Statement = new IssuanceStatement
        {
            Ledger = "channel",
            MspId = Msp,
            Root = Root,
            Size = 5,
            Achievements = [new AchievementReference("a", 1)],
            KeyId = "key-1",
            StatusList = "list-1",
            StatusOffset = 0,
        },
        Signature = "signature",
        IssuedAt = DateTimeOffset.UnixEpoch,
        TransactionId = "tx",
    }));

    private static LedgerWrite Write(RecordKey key, byte[] value) =>
        new(CompositeKey.Create(key.ObjectType, key.Attributes), value);

    private static LedgerBlock Block(ulong number, params LedgerWrite[] writes) => new(
        number, 1000,
        [
            .. writes.Select((write, position) => new LedgerTransaction(
                $"tx-{number}-{position}", position, 1000, [write],
                write.Key.StartsWith(CompositeKey.Create(RecordKey.IssuanceType), StringComparison.Ordinal)
                    ? new LedgerEvent(EventNames.Issued, write.Value!) : null)),
        ])
    {
        Hash = [(byte)number],
        PreviousHash = [(byte)(number - 1)],
    };

    private LedgerProjection Open(RecordReader? read = null) =>
        _projection = LedgerProjection.Open(_options, read ?? RecordForms.Read);
}
