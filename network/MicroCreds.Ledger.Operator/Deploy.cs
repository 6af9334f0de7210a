using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator;

/// <summary>Brings a further chaincode, in any language, to the channel of a running network.</summary>
internal static class Deploy
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
    };

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellation)
    {
        var options = StateOption.Parse("deploy", args, "--chaincode");
        var known = NetworkState.Open(options["--state"]);
        if (known.Engine is not IFabricEngine engine)
        {
            throw new OperatorException(
                $"The engine \"{known.Engine.Name}\" reads its chaincodes when it starts: add it to consortium.json.");
        }

        var chaincode = Read(options.GetValueOrDefault("--chaincode")
            ?? throw new OperatorException("Say which: --chaincode FILE describes it, as an entry of \"chaincodes\"."));
        var planned = known.Consortium with
        {
            Chaincodes = [.. known.Consortium.Chaincodes.Where(other => other.Name != chaincode.Name), chaincode],
        };
        ConsortiumFile.Validate(planned);
        KeyMaterial.Ensure(known.State, planned, TimeProvider.System.GetUtcNow());
        var files = new NativeFiles(known.State);
        var dialled = engine.SeenByCommands(planned);
        await new ChaincodeDeployment(FabricBinaries.Find(files.Binaries), files, dialled).EnsureAsync(cancellation);
        (known with { Consortium = planned }).Write();
        Console.WriteLine($"Deployed: {engine.Describe(chaincode)}. Its servers must make themselves known as");
        var servers = dialled.Chaincodes.Single(candidate => candidate.Name == chaincode.Name).Servers;
        foreach (var organization in planned.Organizations.Where(o => servers.ContainsKey(o.MspId)))
        {
            Console.WriteLine($"  {organization.MspId,-16} {engine.ChaincodeIdOf(chaincode, organization)}");
            Console.WriteLine($"  {"",-16} its peer dials {servers[organization.MspId]}");
        }

        return 0;
    }

    private static ChaincodeSettings Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ChaincodeSettings>(File.ReadAllBytes(file), Json)
                ?? throw new OperatorException($"{file} is empty.");
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            throw new OperatorException(
                $"{file} is no description of a chaincode: {exception.Message}\n"
                + "It must be as an entry of \"chaincodes\" in consortium.json.");
        }
    }
}
