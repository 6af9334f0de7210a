using System.Text.Json;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>A chaincode's definition as it was committed.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Sequence">How many definitions of this name the channel has seen.</param>
internal sealed record DeployedChaincode(string Version, int Sequence)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>What was committed on the channel, by name.</summary>
    public static Dictionary<string, DeployedChaincode> ReadAll(string file) => File.Exists(file)
        ? StateFile.Read<Dictionary<string, DeployedChaincode>>(
            file, Json, "without one, write each chaincode's name, version and sequence, as peer lifecycle chaincode "
            + "querycommitted tells them")
        : [];

    public static void WriteAll(string file, Dictionary<string, DeployedChaincode> deployed)
    {
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(deployed, Json));
        File.Move(file + ".new", file, overwrite: true);
    }
}
