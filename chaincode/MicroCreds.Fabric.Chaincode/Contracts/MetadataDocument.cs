using System.Text.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>Describes contracts in Fabric's contract schema.</summary>
internal static class MetadataDocument
{
    private const string Schema =
        "https://hyperledger.github.io/fabric-chaincode-node/main/api/contract-schema.json";

    // Both spellings are in use: tools written for the chaincode libraries of Go and Java look for one or the other.
    private static readonly string[] SubmitTags = ["submit", "SUBMIT"];
    private static readonly string[] EvaluateTags = ["evaluate", "EVALUATE"];

    public static string Write(IReadOnlyList<ContractDefinition> contracts)
    {
        var schemas = new TypeSchemas();
        var described = new JsonObject();
        foreach (var contract in contracts)
        {
            described[contract.Name] = Contract(contract, contract == contracts[0], schemas);
        }

        described[SystemContract.Name] = System();
        var document = new JsonObject
        {
            ["$schema"] = Schema,
            ["info"] = Info(contracts[0]),
            ["contracts"] = described,
            ["components"] = new JsonObject { ["schemas"] = schemas.Components },
        };
        return document.ToJsonString(new JsonSerializerOptions(ContractDefinition.DefaultSerializerOptions));
    }

    private static JsonObject Contract(ContractDefinition contract, bool isDefault, TypeSchemas schemas) =>
        new()
        {
            ["name"] = contract.Name,
            ["default"] = isDefault,
            ["info"] = Info(contract),
            ["transactions"] = new JsonArray(
                [.. contract.Transactions.Values.Select(handler => Transaction(handler, contract, schemas))]),
        };

    private static JsonObject Transaction(
        TransactionHandler handler, ContractDefinition contract, TypeSchemas schemas)
    {
        var options = contract.SerializerOptions;
        var described = new JsonObject
        {
            ["name"] = handler.Name,
            ["tag"] = Texts(handler.IsEvaluation ? EvaluateTags : SubmitTags),
            ["parameters"] = new JsonArray([.. handler.Parameters.Select(parameter => new JsonObject
            {
                ["name"] = parameter.Name,
                ["required"] = parameter.IsRequired,
                ["schema"] = schemas.Describe(parameter.Format.ValueType, options, parameter.MayBeNull),
            })]),
        };
        if (handler.Result is { } result)
        {
            described["returns"] = schemas.Describe(result.ValueType, options, mayBeNull: false);
        }

        return described;
    }

    private static JsonObject System() =>
        new()
        {
            ["name"] = SystemContract.Name,
            ["info"] = new JsonObject { ["title"] = "What this chaincode offers", ["version"] = "1.0" },
            ["transactions"] = new JsonArray(new JsonObject
            {
                ["name"] = SystemContract.GetMetadata,
                ["tag"] = Texts(EvaluateTags),
                ["parameters"] = new JsonArray(),
                ["returns"] = new JsonObject { ["type"] = "string" },
            }),
        };

    private static JsonObject Info(ContractDefinition contract)
    {
        var info = new JsonObject { ["title"] = contract.Title ?? contract.Name, ["version"] = contract.Version };
        if (contract.Description is not null)
        {
            info["description"] = contract.Description;
        }

        if (contract.License is not null)
        {
            info["license"] = new JsonObject { ["name"] = contract.License };
        }

        return info;
    }

    private static JsonArray Texts(string[] texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
