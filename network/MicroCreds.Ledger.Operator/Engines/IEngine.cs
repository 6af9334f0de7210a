using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Doctoring;

namespace MicroCreds.Ledger.Operator.Engines;

/// <summary>
/// What runs the consortium's peers and orderers. Chaincode servers and gateways are the same programs on every engine;
/// whether they are processes of this machine is the engine's affair.
/// </summary>
internal interface IEngine
{
    /// <summary>The engine's name on the command line and in network.json.</summary>
    string Name { get; }

    /// <summary>Checks, while nothing runs, that this engine can run here, and settles every port.</summary>
    /// <param name="consortium">As described, or as it was settled the last time.</param>
    /// <param name="freePorts">Whether a taken port may be replaced by a free one.</param>
    /// <exception cref="OperatorException">Something is missing or taken; all of it is named.</exception>
    Consortium Prepare(Consortium consortium, bool freePorts);

    /// <summary>Starts what is down; returns once every peer listens and the chaincodes are defined.</summary>
    Task StartAsync(Consortium consortium, CancellationToken cancellation);

    /// <summary>The id by which an organisation's chaincode server makes itself known to its peer.</summary>
    string ChaincodeIdOf(ChaincodeSettings chaincode, OrganizationSettings organization);

    /// <summary>Says which version of a chaincode the channel has, for people.</summary>
    string Describe(ChaincodeSettings chaincode);

    /// <summary>Looks for what is wrong with the parts that this engine has and others have not.</summary>
    Task<IReadOnlyList<Finding>> ExamineAsync(
        Consortium consortium, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Asks every orderer that is a process of its own how many blocks it has.</summary>
    Task<IReadOnlyList<NodeHeight>> ReadOrdererHeightsAsync(Consortium consortium, CancellationToken cancellation);

    /// <summary>
    /// Asks whether transactions are ordered, where no orderer tells its height. Default is nothing to say.
    /// </summary>
    /// <returns>Why not, with the mend; null if they are.</returns>
    Task<string?> FindOrderingFaultAsync(Consortium consortium, CancellationToken cancellation) =>
        Task.FromResult<string?>(null);

    /// <summary>
    /// Whether <see cref="StartAsync"/> starts the chaincode servers and gateways too. Default is false: they are
    /// processes beside the network.
    /// </summary>
    bool StartsInstitutions => false;

    /// <summary>Lists the containers by service, and whether each runs. Default is none.</summary>
    Task<IReadOnlyList<(string Name, bool Runs)>> ListContainersAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<(string Name, bool Runs)>>([]);

    /// <summary>Stops what is not a process of ours. Default is nothing.</summary>
    /// <param name="wipe">Whether what it keeps outside the state directory is forgotten, too.</param>
    Task StopAsync(bool wipe) => Task.CompletedTask;
}
