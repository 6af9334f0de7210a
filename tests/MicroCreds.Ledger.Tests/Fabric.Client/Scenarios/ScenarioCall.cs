using System.Text;
using MicroCreds.Fabric.Client;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Client.Scenarios;

/// <summary>A transaction that a scenario prepares, invokes and asks about.</summary>
internal sealed class ScenarioCall(ScenarioGateway gateway, string contract, string name, bool isSubmit)
{
    private PrivateKeySigner? _signer;

    public ProposalOptions Options { get; set; } = new();

    public string Result { get; private set; } = "";

    /// <summary>What the invocation failed with.</summary>
    public Exception? Failure { get; set; }

    /// <summary>The failure, which the gateway or a peer must have caused.</summary>
    public FabricException Refusal => Assert.IsAssignableFrom<FabricException>(Failure);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Has each message signed apart from the gateway.</summary>
    public void SignsAs(string mspId, string user) => _signer = gateway.SignerOf(mspId, user);

    public async Task InvokeAsync()
    {
        var proposal = gateway.Network.GetContract(contract).NewProposal(name, Options);
        if (_signer is not null)
        {
            proposal = gateway.Gateway.NewProposal(
                proposal.ToBytes(), await _signer.SignAsync(proposal.Digest(), Cancel));
        }

        if (!isSubmit)
        {
            Result = Encoding.UTF8.GetString(await proposal.EvaluateAsync(cancellationToken: Cancel));
            return;
        }

        var transaction = await proposal.EndorseAsync(cancellationToken: Cancel);
        if (_signer is not null)
        {
            transaction = gateway.Gateway.NewTransaction(
                transaction.ToBytes(), await _signer.SignAsync(transaction.Digest(), Cancel));
        }

        var commit = await transaction.SubmitAsync(cancellationToken: Cancel);
        if (_signer is not null)
        {
            commit = gateway.Gateway.NewCommit(commit.ToBytes(), await _signer.SignAsync(commit.Digest(), Cancel));
        }

        (await commit.GetStatusAsync(cancellationToken: Cancel)).EnsureSuccessful();
        Result = Encoding.UTF8.GetString(transaction.Result.Span);
    }
}
