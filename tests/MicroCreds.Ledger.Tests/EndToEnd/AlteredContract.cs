using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol.Peer;
using MicroCreds.Ledger.Contract;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using Response = MicroCreds.Fabric.Chaincode.Response;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>
/// One member's contract server, altered by that member: it stands in the place of the one that was agreed on, at its
/// address and with its keys, and that member's own peer endorses whatever it does. Everything but the one transaction
/// it was altered for is answered as agreed.
/// </summary>
internal sealed class AlteredContract : IChaincode, IAsyncDisposable
{
    /// <summary>The transaction that it was altered for.</summary>
    private const string Own = "Own";

    private readonly IChaincode _agreed = CredentialContract.CreateChaincode();
    private readonly RunningConsortium _consortium;
    private readonly RunningInstitution _member;
    private readonly GatewayCaller _caller;
    private readonly GatewayCaller _peer;
    private ChaincodeServer? _server;
    private Func<ChaincodeStub, Task> _act = _ => Task.CompletedTask;

    private AlteredContract(RunningConsortium consortium, RunningInstitution member)
    {
        (_consortium, _member) = (consortium, member);
        _caller = CallerOf(consortium, member, $"User1@{member.Domain}");
        _peer = CallerOf(consortium, member, $"peer0.{member.Domain}");
    }

    /// <summary>Stops a member's contract server, and stands in its place until disposed.</summary>
    public static async Task<AlteredContract> StartAsync(RunningConsortium consortium, RunningInstitution member)
    {
        _ = FindEnvironment(consortium, member);
        var altered = new AlteredContract(consortium, member);
        try
        {
            altered._server = await ReplaceServerAsync(consortium, member, altered);
            await altered.WaitForPeerAsync();
            return altered;
        }
        catch
        {
            await altered.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops a member's contract server, and starts another chaincode in its place.</summary>
    public static async Task<ChaincodeServer> ReplaceServerAsync(
        RunningConsortium consortium, RunningInstitution member, IChaincode chaincode) =>
        await ChaincodeServer.StartAsync(chaincode, await StopServerAsync(consortium, member));

    /// <summary>Stops a member's contract server; returns what another needs to stand in its place.</summary>
    public static async Task<ChaincodeServerOptions> StopServerAsync(
        RunningConsortium consortium, RunningInstitution member)
    {
        string environment = FindEnvironment(consortium, member);
        var variables = (await File.ReadAllTextAsync(environment)).Split('\0').Select(one => one.Split('=', 2))
            .Where(one => one.Length == 2).ToDictionary(one => one[0], one => one[1], StringComparer.Ordinal);
        consortium.Kill(NameOf(member));
        return ChaincodeServerOptions.FromEnvironment(variables.GetValueOrDefault) with
        {
            LoggerFactory = NullLoggerFactory.Instance,
        };
    }

    /// <summary>Where a member's keys lie, in cryptogen's layout.</summary>
    public static string DirectoryOf(RunningInstitution member) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(member.PeerTlsCa)!, "..", "..", ".."));

    /// <summary>One of a member's own identities, with messages that it makes by hand.</summary>
    public static GatewayCaller CallerOf(RunningConsortium consortium, RunningInstitution member, string user) => new(
        member.PeerEndpoint, DirectoryOf(member), user, member.MspId, consortium.Description.Channel,
        consortium.Description.Chaincode);

    public async ValueTask<Response> InvokeAsync(ChaincodeStub stub, CancellationToken cancellationToken)
    {
        if (stub.GetFunctionAndParameters().Function != Own) return await _agreed.InvokeAsync(stub, cancellationToken);

        await _act(stub);
        return Response.Success("done");
    }

    /// <summary>Commits what it wishes, endorsed by its own peer alone.</summary>
    /// <param name="act">What the altered contract does.</param>
    /// <param name="rewrite">
    /// Changes what its peer endorsed, and the peer's key signs it again: past what the peer's program looks at.
    /// Default is null: nothing is changed.
    /// </param>
    /// <returns>The transaction, and what the peers found.</returns>
    /// <exception cref="RpcException">The member's own peer, or the orderer, refused it.</exception>
    public async Task<(string Id, TxValidationCode Code)> CommitAsync(
        Func<ChaincodeStub, Task> act, RewritePart? rewrite = null)
    {
        _act = act;
        var draft = _caller.Draft(Own);
        var envelope = await _caller.EndorseAsync(draft, _member.MspId);
        if (rewrite is null)
            await _caller.SubmitAsync(envelope);
        else
            await _caller.SubmitAsync(RewrittenTransaction.Of(envelope, rewrite, _caller, _peer));
        var status = await _caller.CommitStatusAsync(draft.Channel.TxId);
        return (draft.Channel.TxId, status.Result);
    }

    /// <summary>Has its own peer endorse what it wishes, at a time that it claims.</summary>
    /// <exception cref="RpcException">The peer refused it.</exception>
    public async Task EndorseAsync(Func<ChaincodeStub, Task> act, Timestamp time)
    {
        _act = act;
        var draft = _caller.Draft(Own);
        draft.Channel.Timestamp = time;
        await _caller.EndorseAsync(draft, _member.MspId);
    }

    public async ValueTask DisposeAsync()
    {
        _caller.Dispose();
        _peer.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        await _consortium.HealAsync();
    }

    private static string NameOf(RunningInstitution member) => $"chaincode-{member.MspId}";

    private static string FindEnvironment(RunningConsortium consortium, RunningInstitution member)
    {
        string file = consortium.OwnsProcesses && consortium.ProcessIds().TryGetValue(NameOf(member), out int id)
            ? $"/proc/{id}/environ"
            : "";
        Assert.SkipUnless(
            File.Exists(file),
            "A contract server's place is taken where it is a process of our own on Linux: scripts/test.sh --engine "
            + "native.");
        return file;
    }

    /// <summary>The peer finds out that the old server is gone, and dials anew, when it is asked.</summary>
    private Task WaitForPeerAsync()
    {
        string last = "";
        return Until.TrueAsync(
            async () =>
            {
                try
                {
                    await _caller.EvaluateAsync(_caller.Draft(Own), _member.MspId);
                    return true;
                }
                catch (RpcException e)
                {
                    last = e.Status.Detail;
                    return false;
                }
            },
            () => $"The peer of {_member.MspId} does not reach the altered contract: {last}");
    }
}
