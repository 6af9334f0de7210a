using MicroCreds.Fabric.DevNetwork.Endorser;
using MicroCreds.Fabric.DevNetwork.Ledger;
using MicroCreds.Fabric.DevNetwork.Msp;

namespace MicroCreds.Fabric.DevNetwork.Chaincodes;

/// <summary>One run of a proposal at one peer: shared by the chaincode and by those that it calls.</summary>
internal sealed class Invocation : IDisposable
{
    // The simulator is for one caller at a time, but a late message of a chaincode that was given up may still arrive
    // while the endorser collects the results.
    private readonly Lock _gate = new();
    private TransactionSimulator? _simulator;

    public Invocation(UnpackedProposal proposal, Identity creator, TransactionSimulator? simulator)
    {
        Proposal = proposal;
        Creator = creator;
        _simulator = simulator;
    }

    public UnpackedProposal Proposal { get; }

    /// <summary>Who proposed; the signature was verified.</summary>
    public Identity Creator { get; }

    public string ChannelId => Proposal.ChannelId;

    public string TransactionId => Proposal.TransactionId;

    /// <summary>Uses the simulator alone.</summary>
    /// <exception cref="ChaincodeException">The simulation is over.</exception>
    public TResult Simulate<TArgument, TResult>(
        TArgument argument, Func<TransactionSimulator, TArgument, TResult> use)
    {
        lock (_gate)
        {
            return use(_simulator ?? throw new ChaincodeException("no ledger context"), argument);
        }
    }

    /// <summary>Ends the simulation: whoever comes later finds no ledger context.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _simulator?.Dispose();
            _simulator = null;
        }
    }
}
