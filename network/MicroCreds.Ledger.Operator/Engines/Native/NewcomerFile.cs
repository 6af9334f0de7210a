using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>An institution that wants to join: who it is, and where its peer, gateway and contract answer.</summary>
internal sealed record NewcomerFile
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>As an entry of "organizations" in consortium.json.</summary>
    public required OrganizationSettings Organization { get; init; }

    /// <summary>Where its chaincode server answers.</summary>
    public required string ChaincodeServer { get; init; }

    public void Write(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file + ".new", JsonSerializer.SerializeToUtf8Bytes(this, Json));
        File.Move(file + ".new", file, overwrite: true);
    }

    /// <exception cref="OperatorException">The file is missing or is not such a description.</exception>
    public static NewcomerFile Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<NewcomerFile>(File.ReadAllBytes(file), Json)
                ?? throw new OperatorException($"{file} is empty.");
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            throw new OperatorException(
                $"{file} is no description of an institution: {exception.Message}\nIt must be {{ \"organization\": an "
                + "entry as in consortium.json, \"chaincodeServer\": \"127.0.0.1:9105\" }; port 0 takes any free one.");
        }
    }
}
