using System.Text.Json;
using System.Text.Json.Nodes;

namespace MicroCreds.Ledger.Operator.Engines.Native.Membership;

/// <summary>A file that institutions send each other: JSON, which says in <c>type</c> what it is.</summary>
internal static class ExchangeFile
{
    private const int MaxBytes = 1024 * 1024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>Reads a file of the given kind.</summary>
    /// <param name="file">Where it lies.</param>
    /// <param name="madeBy">The script that makes such a file, for messages.</param>
    /// <exception cref="OperatorException">It is missing, too long, or of another kind.</exception>
    public static T Read<T>(string file, string madeBy)
    {
        try
        {
            if (new FileInfo(file).Length > MaxBytes)
            {
                throw new OperatorException($"{file} is longer than {MaxBytes} bytes: it is not what {madeBy} wrote.");
            }

            byte[] content = File.ReadAllBytes(file);
            string? type = (string?)JsonNode.Parse(content)?["type"];
            return type == typeof(T).Name && JsonSerializer.Deserialize<T>(content, Json) is { } read
                ? read
                : throw new OperatorException(
                    $"{file} is {(type is null ? "of no known type" : $"a {type}")}, where a {typeof(T).Name} is "
                    + $"needed: give the file that {madeBy} wrote.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException
            or InvalidOperationException or ArgumentException)
        {
            throw new OperatorException(
                $"{file} is no {typeof(T).Name}: {exception.Message}\nGive the file that {madeBy} wrote.");
        }
    }

    public static void Write<T>(string file, T content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var json = JsonSerializer.SerializeToNode(content, Json)!.AsObject();
        json.Insert(0, "type", typeof(T).Name);
        File.WriteAllText(file + ".new", json.ToJsonString(Json));
        File.Move(file + ".new", file, overwrite: true);
    }
}
