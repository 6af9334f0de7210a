using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// A member whose contract server is altered, and which writes nothing but its own implicit private collection: Fabric
/// judges that by the member's own policy, so that nobody else looks at the transaction, its time and its event.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed partial class OwnCollectionTests(RunningConsortium consortium)
{
    /// <summary>Of Fabric from version 3 on, 15 minutes either way; one minute for the way.</summary>
    private static readonly TimeSpan WithinTheWindow = TimeSpan.FromMinutes(14);

    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private RunningInstitution Member => consortium[2];

    private RunningInstitution Victim => consortium[0];

    [Fact]
    public async Task Time_OfTheYear2100_MovesNobodysClock()
    {
        await using var altered = await StartAsync();
        try
        {
            await PassedOverAsync(altered, WriteOwn, new Timestamp { Seconds = 4_102_444_800 });
        }
        catch (RpcException refused) when (refused.Status.Detail.Contains("window") || IsAboutTime(refused))
        {
            // This version of Fabric looks at the time itself: then as far ahead as it lets pass.
            TestContext.Current.SendDiagnosticMessage("The peer refused the year 2100: {0}", refused.Status.Detail);
            await PassedOverAsync(
                altered, WriteOwn, Timestamp.FromDateTimeOffset(DateTimeOffset.UtcNow + WithinTheWindow));
        }
    }

    [Theory]
    [InlineData(2_000_000_000)]
    [InlineData(-1)]
    public async Task Time_WithImpossibleNanoseconds_StopsNobody(int nanos)
    {
        await using var altered = await StartAsync();
        var time = new Timestamp { Seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds(), Nanos = nanos };
        await PassedOverAsync(altered, WriteOwn, time);
    }

    [Theory]
    [InlineData(EventNames.StatusChanged, "null")]
    [InlineData(EventNames.Issued, "{\"statement\":null}")]
    [InlineData(EventNames.InstitutionChanged, "[")]
    public async Task Event_OfARecordThatIsNone_StopsNobody(string name, string payload)
    {
        await using var altered = await StartAsync();
        await PassedOverAsync(altered, async stub =>
        {
            await WriteOwn(stub);
            stub.SetEvent(name, Encoding.UTF8.GetBytes(payload));
        });
    }

    [Fact]
    public async Task Event_AsLargeAsABlock_StopsNobody()
    {
        await using var altered = await StartAsync();
        await PassedOverAsync(altered, async stub =>
        {
            await WriteOwn(stub);
            stub.SetEvent(EventNames.StatusChanged, new byte[9 * 1024 * 1024]);
        });
    }

    [Fact]
    public async Task OwnCollection_WrittenDeletedPurgedAndGivenAPolicy_ChangesNothingForOthers()
    {
        await using var altered = await StartAsync();
        await PassedOverAsync(altered, async stub =>
        {
            string key = CompositeKeyOf(Victim);
            await stub.PutPrivateDataAsync(Collection, key, "null"u8.ToArray());
            await stub.SetPrivateDataValidationParameterAsync(
                Collection, key, MicroCreds.Fabric.Protocol.SignaturePolicies.SignedBy(
                    Member.MspId, MicroCreds.Fabric.Protocol.Common.MSPRole.Types.MSPRoleType.Peer));
        });
        await PassedOverAsync(altered, stub => stub.DeletePrivateDataAsync(Collection, CompositeKeyOf(Victim)).AsTask());
        await PassedOverAsync(altered, stub => stub.PurgePrivateDataAsync(Collection, CompositeKeyOf(Victim)).AsTask());
    }

    private string Collection => $"_implicit_org_{Member.MspId}";

    private static string CompositeKeyOf(RunningInstitution institution) =>
        MicroCreds.Fabric.Protocol.CompositeKey.Create(RecordKey.InstitutionType, institution.MspId);

    private async Task<AlteredContract> StartAsync()
    {
        Assert.SkipWhen(
            consortium.Description.Engine == "embedded",
            "The embedded network has no private collections: scripts/test.sh --engine native.");
        return await AlteredContract.StartAsync(consortium, Member);
    }

    private Task WriteOwn(ChaincodeStub stub) =>
        stub.PutPrivateDataAsync(Collection, $"own-{Guid.NewGuid():N}", "anything"u8.ToArray()).AsTask();

    private static bool IsAboutTime(RpcException refused) =>
        refused.ToString().Contains("time", StringComparison.OrdinalIgnoreCase);

    /// <summary>Commits it, which Fabric takes for valid, and sees that everybody else goes on as before.</summary>
    private async Task PassedOverAsync(AlteredContract altered, Func<ChaincodeStub, Task> act, Timestamp? time = null)
    {
        long[] before = await Task.WhenAll(Others.Select(DoubtfulAsync));
        var (id, code) = await altered.CommitAsync(act, time);
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
            var verdict = await other.VerifyUntilAsync(issued.Document, "valid");
            string anchored = (string)verdict["checks"]!.AsArray()
                .Single(check => (string?)check!["check"] == "anchor")!["detail"]!;
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
