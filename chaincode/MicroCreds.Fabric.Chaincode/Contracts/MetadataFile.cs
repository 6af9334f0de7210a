using System.Text.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Fabric.Chaincode.Contracts;

/// <summary>A description of contracts that was written by hand, held against the contracts.</summary>
internal sealed class MetadataFile
{
    private readonly List<string> _faults = [];
    private readonly Dictionary<string, ArgumentSchema> _components = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Contract, string Transaction), ArgumentSchema?[]> _arguments = [];

    private MetadataFile()
    {
    }

    /// <summary>Reads the description, which must be of just these contracts.</summary>
    /// <exception cref="ArgumentException">Names every fault at once.</exception>
    public static MetadataFile Read(string metadata, IEnumerable<ContractDefinition> contracts)
    {
        var file = new MetadataFile();
        if (Parse(metadata) is JsonObject document) file.Check(document, [.. contracts]);
        else file._faults.Add("It is no JSON object.");

        return file._faults.Count == 0
            ? file
            : throw new ArgumentException(
                "The metadata does not describe this chaincode: " + string.Join(" ", file._faults), nameof(metadata));
    }

    /// <summary>What the description asks of the arguments of a transaction, in their order; null where nothing.
    /// </summary>
    public IReadOnlyList<ArgumentSchema?> ArgumentsOf(string contract, string transaction) =>
        _arguments.GetValueOrDefault((contract, transaction)) ?? [];

    private static JsonNode? Parse(string metadata)
    {
        try
        {
            return JsonNode.Parse(metadata);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"The metadata is not JSON: {e.Message}", nameof(metadata), e);
        }
    }

    private static string? NameOf(JsonObject given) =>
        given["name"] is JsonValue value && value.TryGetValue(out string? name) ? name : null;

    private void Check(JsonObject document, ContractDefinition[] contracts)
    {
        var described = document["contracts"] as JsonObject ?? [];
        var components = (document["components"] as JsonObject)?["schemas"] as JsonObject;
        foreach (string name in described.Select(one => one.Key)
            .Where(name => name != SystemContract.Name && contracts.All(contract => contract.Name != name)))
        {
            _faults.Add($"There is no contract '{name}'.");
        }

        foreach (var contract in contracts)
        {
            if (described[contract.Name] is JsonObject given) Check(contract, given, components);
            else _faults.Add($"The contract '{contract.Name}' is missing.");
        }
    }

    private void Check(ContractDefinition contract, JsonObject given, JsonObject? components)
    {
        var described = (given["transactions"] as JsonArray ?? []).OfType<JsonObject>()
            .ToLookup(one => NameOf(one) ?? "", StringComparer.Ordinal);
        foreach (string name in described.Select(one => one.Key)
            .Where(name => !contract.Transactions.ContainsKey(name)))
        {
            _faults.Add($"{contract.Name} has no transaction '{name}'.");
        }

        foreach (var (name, handler) in contract.Transactions)
        {
            if (described[name].FirstOrDefault() is { } transaction) Check(contract, handler, transaction, components);
            else _faults.Add($"{handler.FullName} is missing.");
        }
    }

    private void Check(
        ContractDefinition contract, TransactionHandler handler, JsonObject given, JsonObject? components)
    {
        var parameters = (given["parameters"] as JsonArray ?? []).OfType<JsonObject>().ToArray();
        string[] wanted = [.. handler.Parameters.Select(parameter => parameter.Name)];
        if (!parameters.Select(NameOf).SequenceEqual(wanted))
        {
            _faults.Add($"The parameters of {handler.FullName} are {string.Join(", ", wanted)}, in this order.");
            return;
        }

        var schemas = new ArgumentSchema?[parameters.Length];
        for (int i = 0; i < schemas.Length; i++)
        {
            try
            {
                var schema = ArgumentSchema.Read(parameters[i]["schema"], components, _components);
                if (schema.AsksNothing()) continue;
                schemas[i] = handler.Parameters[i].Format.HasNode ? schema : throw new FormatException(
                    "its arguments are not written in JSON here, so that nothing more than their type can be held");
            }
            catch (FormatException e)
            {
                _faults.Add($"The schema of {wanted[i]} in {handler.FullName}: {e.Message}.");
            }
        }

        _arguments[(contract.Name, handler.Name)] = schemas;
    }
}
