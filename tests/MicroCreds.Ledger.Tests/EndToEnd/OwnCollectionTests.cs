using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Fabric.Protocol;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// A member whose contract server is altered, and which writes nothing but its own implicit private collection: Fabric
/// judges that by the member's own policy, so that nobody else looks at the transaction, its time and its event.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed partial class OwnCollectionTests(RunningConsortium consortium)
{
    private static readonly Timestamp Year2100 = new() { Seconds = 4_102_444_800 };

    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private RunningInstitution Member => consortium[2];

    private RunningInstitution Victim => consortium[0];

    [Fact]
    public async Task Time_OfTheYear2100_MovesNobodysClock()
    {
        await using var altered = await StartAsync();
        try
        {
            await altered.EndorseAsync(WriteOwn, Year2100);
        }
        catch (RpcException refused)
        {
            // Peers from Fabric 3 on look at the time before they endorse. Their keys do not.
            string said = GatewayCaller.DetailsOf(refused);
            Assert.True(said.Contains("incorrect timestamp", StringComparison.Ordinal), said);
            TestContext.Current.SendDiagnosticMessage("The member's own peer refuses the year 2100.");
        }

        await PassedOverAsync(altered, WriteOwn, RewrittenTransaction.At(Year2100));
    }

    [Theory]
    [InlineData(2_000_000_000)]
    [InlineData(-1)]
    public async Task Time_WithImpossibleNanoseconds_StopsNobody(int nanos)
    {
        await using var altered = await StartAsync();
        var time = new Timestamp { Seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Nanos = nanos };
        await altered.EndorseAsync(WriteOwn, time);
        await PassedOverAsync(altered, WriteOwn, RewrittenTransaction.At(time));
    }

    [Fact]
    public async Task Time_BeyondAllClocksOrNone_StopsNobody()
    {
        await using var altered = await StartAsync();
        foreach (var time in (Timestamp?[])[new() { Seconds = long.MaxValue }, new() { Seconds = long.MinValue }, null])
            await PassedOverAsync(altered, WriteOwn, RewrittenTransaction.At(time));
    }

    [Fact]
    public async Task Message_WithUnknownFieldsNestedDeep_StopsNobody()
    {
        await using var altered = await StartAsync();
        foreach (var deep in System.Enum.GetValues<TransactionPart>())
        {
            await PassedOverAsync(
                altered, WriteAndTell, (part, bytes) => part == deep ? NestedGroups.Behind(bytes, 9_000) : bytes);
        }
    }

    [Theory]
    [InlineData(EventNames.StatusChanged, "null")]
    [InlineData(EventNames.Issued, "{\"statement\":null}")]
    [InlineData(EventNames.InstitutionChanged, "[")]
    public async Task Event_OfARecordThatIsNone_StopsNobody(string name, string payload)
    {
        await using var altered = await StartAsync();
        await PassedOverAsync(altered, stub => WriteAndTell(stub, name, Encoding.UTF8.GetBytes(payload)));
    }

    [Fact]
    public async Task Event_AsLargeAsABlock_StopsNobody()
    {
        await using var altered = await StartAsync();
        byte[] large = new byte[9 * 1024 * 1024];
        await PassedOverAsync(altered, stub => WriteAndTell(stub, EventNames.StatusChanged, large));
    }

    [Fact]
    public async Task OwnCollection_WrittenDeletedPurgedAndGivenAPolicy_ChangesNothingForOthers()
    {
        await using var altered = await StartAsync();
        string key = CompositeKeyOf(Victim);
        await PassedOverAsync(altered, async stub =>
        {
            await stub.PutPrivateDataAsync(Collection, key, "null"u8.ToArray());
            await stub.SetPrivateDataValidationParameterAsync(
                Collection, key, MicroCreds.Fabric.Protocol.SignaturePolicies.SignedBy(
                    Member.MspId, MicroCreds.Fabric.Protocol.Common.MSPRole.Types.MSPRoleType.Peer));
        });
        await PassedOverAsync(altered, stub => stub.DeletePrivateDataAsync(Collection, key).AsTask());
        await PassedOverAsync(altered, stub => stub.PurgePrivateDataAsync(Collection, key).AsTask());
    }

    private string Collection => $"_implicit_org_{Member.MspId}";

    private static string CompositeKeyOf(RunningInstitution institution) =>
        MicroCreds.Fabric.Protocol.CompositeKey.Create(RecordKey.InstitutionType, institution.MspId);

    private Task<AlteredContract> StartAsync() => AlteredContract.StartAsync(consortium, Member);

    private Task WriteOwn(ChaincodeStub stub) =>
        stub.PutPrivateDataAsync(Collection, $"own-{Guid.NewGuid():N}", "anything"u8.ToArray()).AsTask();

    private Task WriteAndTell(ChaincodeStub stub) => WriteAndTell(stub, EventNames.StatusChanged, "{}"u8.ToArray());

    private async Task WriteAndTell(ChaincodeStub stub, string name, byte[] payload)
    {
        await WriteOwn(stub);
        stub.SetEvent(name, payload);
    }

    /// <summary>Commits it, which Fabric takes for valid, and sees that everybody else goes on as before.</summary>
    private async Task PassedOverAsync(
        AlteredContract altered, Func<ChaincodeStub, Task> act, RewritePart? rewrite = null)
    {
        long[] before = await Task.WhenAll(Others.Select(DoubtfulAsync));
        var (id, code) = await altered.CommitAsync(act, rewrite);
        Assert.True(code == TxValidationCode.Valid, $"Fabric judged {id} as {code}.");
        await GoesOnAsync();
        foreach (var (other, count) in Others.Zip(before))
        {
            await Until.TrueAsync(
                async () => await DoubtfulAsync(other) > count, () => $"{other.Name} does not tell of {id}.");
            var (_, readiness) = await other.SendAsync(HttpMethod.Get, "/readyz");
            Assert.Equal("degraded", (string?)readiness!["status"]);
        }
    }

    private RunningInstitution[] Others =>
        [.. consortium.Description.Institutions.Where(one => one.MspId != Member.MspId)];

    /// <summary>Issuing, verifying, revoking and status lists, at every other member and at the right time.</summary>
    private async Task GoesOnAsync()
    {
        var issued = await Victim.IssueAsync(Registrar.Request("data-literacy", "Ilta Salo"));
        foreach (var other in Others)
        {
            string anchored = "";
            await Until.TrueAsync(
                async () =>
                {
                    // Until its mirror has it, the peer is asked, which tells no time.
                    var verdict = await other.VerifyUntilAsync(issued.Document, "valid");
                    anchored = (string)verdict["checks"]!.AsArray()
                        .Single(check => (string?)check!["check"] == "anchor")!["detail"]!;
                    return Moment().IsMatch(anchored);
                },
                () => $"The mirror of {other.Name} does not go on: {anchored}");
            var at = DateTimeOffset.Parse(Moment().Match(anchored).Value, CultureInfo.InvariantCulture);
            Assert.True((at - DateTimeOffset.UtcNow).Duration() < Tolerance, anchored);
        }

        var (revoked, problem) = await Victim.SendAsync(
            HttpMethod.Post, $"/v1/credentials/{issued.Id}/revocation", new { reason = "issuedInError" });
        Assert.True(revoked == HttpStatusCode.OK, problem?.ToString());
        string list = new Uri((string)issued.Json["credentialStatus"]!["statusListCredential"]!).AbsolutePath;
        foreach (var other in Others)
        {
            await other.VerifyUntilAsync(issued.Document, "invalid", "revoked");
            using var http = other.Anyone();
            using var answer = await http.GetAsync(list, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var (ready, readiness) = await other.SendAsync(HttpMethod.Get, "/readyz");
            Assert.True(ready == HttpStatusCode.OK, readiness?.ToString());
        }
    }

    private static async Task<long> DoubtfulAsync(RunningInstitution institution)
    {
        using var http = institution.Anyone();
        string metrics = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return long.Parse(Doubtful().Match(metrics).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^microcreds_doubtful_transactions_total (\d+)", RegexOptions.Multiline)]
    private static partial Regex Doubtful();

    [GeneratedRegex(@"\d{4}-\d{2}-\d{2}T[\d:.]+Z")]
    private static partial Regex Moment();
}
