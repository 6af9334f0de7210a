using MicroCreds.Fabric.Protocol;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

/// <summary>What the thief writes over records that are there.</summary>
public sealed partial class BrokenEllipticKeysTests
{
    [Fact]
    public async Task Founding_DeletedOrWrittenAnew_StaysAsItWas_AndSoDoesTheRatchet()
    {
        await StartAsync();
        string founding = CompositeKey.Create(RecordKey.FoundingType, []);
        Assert.NotEmpty(await WriteAsync("BMSP", new LedgerWrite(founding, null)));
        await ReopenAsync();
        await AddAsync(Registered(_thiefs));
        Assert.NotEmpty(await WriteAsync(
            "BMSP", Write(RecordKey.Founding(), new Founding { Ledger = "channel:ffff", Members = All })));
        await ReopenAsync();
        Assert.Equal(Ledger, Mirror.Shared.Founding!.Ledger);
        Assert.DoesNotContain(Mirror.Institutions["AMSP"].Keys, key => key.Id == "thiefs");
        Assert.All(Faults(Entries()), Assert.Null);
    }

    [Fact]
    public async Task Countersigner_WithdrawnInTheSameRecord_CountersignsNothing_AndNobodyIsConvicted()
    {
        await StartAsync();
        var record = Mirror.Institutions["AMSP"];
        await WriteAsync("AMSP", Write(record with
        {
            Keys =
            [
                .. record.Keys.Select(key => key.Id == "now" ? key with { RevokedAt = Begin.AddHours(2) } : key),
                Registered(_next, by: _now),
            ],
        }));
        Assert.DoesNotContain(Mirror.Institutions["AMSP"].Keys, key => key.Id == "next");
        Assert.All(Faults(Entries()), Assert.Null);
    }

    [Fact]
    public async Task Withdrawal_AtTheEndOfTime_StopsNoMirror()
    {
        await StartAsync();
        var record = Mirror.Institutions["AMSP"];
        var end = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        await WriteAsync("AMSP", Write(record with
        {
            Keys = [.. record.Keys.Select(key => key.Id == "now" ? key with { RevokedAt = end } : key)],
        }));
        await IssuesAsync(_now, counts: true, 'a');
    }
}
