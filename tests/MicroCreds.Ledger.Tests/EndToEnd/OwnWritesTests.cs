using System.Net;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// A member whose contract server is altered, and which writes what all see: its own records, others' and new ones, and
/// who may change them. Its peer alone makes none of that valid.
/// </summary>
[Collection(ConsortiumTests.Name)]
public sealed class OwnWritesTests(RunningConsortium consortium)
{
    private RunningInstitution Member => consortium[2];

    private RunningInstitution Victim => consortium[0];

    private SignaturePolicyEnvelope OwnPeer =>
        SignaturePolicies.SignedBy(Member.MspId, MSPRole.Types.MSPRoleType.Peer);

    [Fact]
    public async Task Records_WrittenDeletedOrGivenAPolicyByItsPeerAlone_StayAsTheyAre()
    {
        var issued = await Member.IssueAsync(Registrar.Request("ocean-economy", "Duarte Pires"));
        var (revoked, problem) = await Member.SendAsync(
            HttpMethod.Post, $"/v1/credentials/{issued.Id}/revocation", new { reason = "issuedInError" });
        Assert.True(revoked == HttpStatusCode.OK, problem?.ToString());
        await Victim.VerifyUntilAsync(issued.Document, "invalid", "revoked");
        string own = CompositeKey.Create(RecordKey.InstitutionType, Member.MspId);
        string others = CompositeKey.Create(RecordKey.InstitutionType, Victim.MspId);
        var status = RecordKey.Status(Member.MspId, issued.Root, issued.Index);
        string ofStatus = CompositeKey.Create(status.ObjectType, status.Attributes);
        string fresh = CompositeKey.Create(RecordKey.AchievementType, Member.MspId, $"own-{Guid.NewGuid():N}", "1");

        await using var altered = await AlteredContract.StartAsync(consortium, Member);
        foreach (string key in (string[])[own, others, ofStatus, fresh, "no-composite-key"])
        {
            await RefusedAsync(altered, stub => stub.PutStateAsync(key, "null"u8.ToArray()));
            await RefusedAsync(altered, stub => stub.DeleteStateAsync(key));
            await RefusedAsync(altered, stub => stub.SetStateValidationParameterAsync(key, OwnPeer));
        }

        await RefusedAsync(altered, async stub =>
        {
            await stub.PutStateAsync(fresh, "{}"u8.ToArray());
            await stub.SetStateValidationParameterAsync(fresh, OwnPeer);
            stub.SetEvent(EventNames.AchievementPublished, "{}"u8.ToArray());
        });
        await Victim.VerifyUntilAsync(issued.Document, "invalid", "revoked");
        var (_, readiness) = await Victim.SendAsync(HttpMethod.Get, "/readyz");
        Assert.DoesNotContain("cannot be read", readiness!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_WrittenBesideItsOwnCollection_AreJudgedAsAnyOther()
    {
        string key = CompositeKey.Create(RecordKey.InstitutionType, Victim.MspId);
        await using var altered = await AlteredContract.StartAsync(consortium, Member);
        await RefusedAsync(altered, async stub =>
        {
            await stub.PutPrivateDataAsync($"_implicit_org_{Member.MspId}", "own", "anything"u8.ToArray());
            await stub.PutStateAsync(key, "null"u8.ToArray());
        });
        await RefusedAsync(altered, stub =>
            stub.PutPrivateDataAsync($"_implicit_org_{Victim.MspId}", "own", "anything"u8.ToArray()));
        await RefusedAsync(altered, _ => ValueTask.CompletedTask);
    }

    private static async Task RefusedAsync(AlteredContract altered, Func<ChaincodeStub, ValueTask> act)
    {
        var (id, code) = await altered.CommitAsync(stub => act(stub).AsTask());
        Assert.True(code == TxValidationCode.EndorsementPolicyFailure, $"{id} was judged as {code}.");
    }
}
