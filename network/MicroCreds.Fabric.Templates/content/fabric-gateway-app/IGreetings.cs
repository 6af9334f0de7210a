using MicroCreds.Fabric.Protocol;

/// <summary>The contract, for chaincode and application alike.</summary>
[FabricContract("greetings")]
public interface IGreetings
{
    /// <summary>Keeps a greeting.</summary>
    [Submit]
    Task KeepAsync(string name, string greeting);

    /// <summary>Reads a greeting that is kept.</summary>
    [Evaluate]
    Task<string> ReadAsync(string name);
}
