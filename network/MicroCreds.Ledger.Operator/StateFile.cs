using System.Text.Json;

namespace MicroCreds.Ledger.Operator;

/// <summary>A file in which the operator keeps in mind what it did.</summary>
internal static class StateFile
{
    /// <summary>Reads it.</summary>
    /// <param name="file">The file, which is there.</param>
    /// <param name="json">How it is read.</param>
    /// <param name="mend">What can be done beside putting a copy in its place.</param>
    /// <exception cref="OperatorException">It is damaged.</exception>
    public static T Read<T>(string file, JsonSerializerOptions json, string mend)
    {
        string fault;
        try
        {
            if (JsonSerializer.Deserialize<T>(File.ReadAllBytes(file), json) is { } read)
            {
                return read;
            }

            fault = "it holds nothing.";
        }
        catch (JsonException exception)
        {
            fault = exception.Message;
        }

        throw new OperatorException($"{file} is damaged: {fault}\nPut a copy of it in its place; {mend}.");
    }
}
