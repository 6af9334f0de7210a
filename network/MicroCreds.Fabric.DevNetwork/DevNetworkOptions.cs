namespace MicroCreds.Fabric.DevNetwork;

/// <summary>Says which network to start and where it keeps its ledger.</summary>
public sealed record DevNetworkOptions
{
    /// <summary>The consortium to start.</summary>
    public required Consortium Consortium { get; init; }

    /// <summary>
    /// The directory for key material and ledger, made when absent. Default is null: a temporary directory that is
    /// removed when the network stops, only allowed with <see cref="InMemory"/>.
    /// </summary>
    public string? StateDirectory { get; init; }

    /// <summary>Whether the ledger is forgotten when the network stops. Default is false.</summary>
    public bool InMemory { get; init; }

    /// <summary>Where log lines go. Default is nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock. Default is the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
