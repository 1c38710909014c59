/* weft.y: the grammar.  Actions build nodes (front/build.h) and do nothing else; what follows a
 * mistake is skipped to the next comma, line or bracket, so that each mistake is told once. */
%require "3.8"
%define api.pure full
%define api.prefix {weft_}
%define api.location.type {Span}
%define parse.lac full
%define parse.error custom
%locations
%expect 0
%param {struct Parser *p}

%code requires {
#include "front/build.h"
}

%code {
#include "front/lex.h"

enum { YYMAXDEPTH = 40 * MAX_NESTING };
/* A rule's place begins at its first part that is not empty. */
#define YYLLOC_DEFAULT(current, rhs, n)                                                          \
  do {                                                                                           \
    int yyfirst = 1;                                                                             \
    while (yyfirst < (n) && YYRHSLOC(rhs, yyfirst).lo == YYRHSLOC(rhs, yyfirst).hi) yyfirst++;   \
    (current) = (n) ? span_join(YYRHSLOC(rhs, yyfirst), YYRHSLOC(rhs, n))                        \
                    : (Span){YYRHSLOC(rhs, 0).hi, YYRHSLOC(rhs, 0).hi};                          \
  } while (0)
#define RESYNC() (yyerrok, lex_recovered(p))

static void weft_error(const Span *span, struct Parser *p, const char *message);
}

%union {
  Sym sym;
  int64_t integer;
  struct { double number; Sym unit; } quantity;
  uint32_t flags;
  List list;
  Items items;
  Word word;
  Arg arg;
  Clause clause;
  AttrItem attr;
  Param *param;
  Header *header;
  TypeExpr *type;
  Expr *expr;
  Stmt *stmt;
  Block *block;
}

%token START_MODULE START_PATTERN
%token END 0 "the end of the file"
%token NL "the end of the line"
%token <sym> NAME "a name" HOLE "a hole"
%token <integer> INT "a number"
%token <quantity> FLOAT "a number with a fraction" QUANTITY "a quantity"
%token STRING_OPEN "a string" BLOCK_OPEN "a string in three quotes" STRING_CLOSE "the end of the string"
%token TEXT "text" INTERP_OPEN "~{" INTERP_CLOSE "}"
%token BROKEN "a broken word"
%token INTERP_BROKEN STRING_BROKEN
%token PLACEHOLDER "_"
%token <sym> TASK "task" FN "fn" FLOW "flow" TYPE "type" SITE "site" IMPORT "import"
%token <sym> VOLATILE "volatile" ASSOC "assoc" COMM "comm" AS "as" RUN "run"
%token <sym> FOR "for" IN "in" IF "if" ELSE "else" FOLD "fold" FOLD_ACC "fold " LOOP "loop"
%token <sym> UNTIL "until" WHILE "while" MAX "max" UNBOUNDED "unbounded" BY "by" AFTER "after"
%token <sym> LET "let" ASK "ask" JS "js" MAP "map" FILTER "filter" FLATMAP "flatmap" ID "id"
%token <sym> TRUE "true" FALSE "false" NONE "none"
%token ARROW "->" APPLY "|>" SERIES ">>" COALESCE "??" OR "||" AND "&&"
%token EQ "==" NE "!=" LE "<=" GE ">=" UNCERTAIN "±" LANGLE "<" RANGLE ">"

%left APPLY
%left SERIES
%left '|'
%left '&'
%right COALESCE
%left OR
%left AND
%nonassoc EQ NE '<' LE '>' GE
%nonassoc UNCERTAIN
%left '+' '-'
%left '*' '/' '%'
%precedence ARROW_FOLD /* `fold f`, unless clauses follow */
%precedence FOR

%type <flags> modifiers
%type <header> header
%type <items> generics inputs params outs fields types args record_fields elements stmts attrs clauses after
%type <list> word_list param_list out_list field_list type_list arg_list record_list expr_list
%type <list> stmt_open attr_list clause_list part_list path
%type <word> word engine import_as
%type <items> import_only
%type <param> param out field
%type <type> type post_type type_atom
%type <arg> arg record_field
%type <clause> clause
%type <attr> attr
%type <expr> expr operation unary postfix primary string if_expr filter
%type <stmt> stmt
%type <block> block optional_block error_body

%%

start
  : START_MODULE decls
  | START_PATTERN expr optional_sep { p->pattern = $2; }
  | START_PATTERN error { p->pattern = NULL; }
  ;

sep: NL { RESYNC(); } | ';' { RESYNC(); } ;
optional_sep: %empty | sep ;
comma: ',' { RESYNC(); } ;
optional_comma: %empty | comma ;
close_paren: ')' { RESYNC(); } ;
close_square: ']' { RESYNC(); } ;
close_brace: '}' { RESYNC(); } ;

/* ---- declarations ---- */

decls: decl_open | decl_open decl ;
decl_open: %empty | decl_open sep | decl_open decl sep ;

decl
  : IMPORT path import_as import_only
      { build_import(p, list_end(p, $path, sizeof(Word)), $import_as, $import_only, @$); }
  | IMPORT error
  | TYPE word '=' type { build_type_decl(p, $word, $type, @$); }
  | TYPE error
  | SITE word engine '{' attrs close_brace { build_site(p, $word, $engine, $attrs, @$); }
  | SITE error
  | SITE error '{' attrs close_brace
  | modifiers TASK header ARROW '(' outs close_paren '{' attrs close_brace
      { build_task(p, $modifiers, $header, $outs, $attrs, @$); }
  | modifiers TASK header '{' attrs close_brace
      { build_task(p, $modifiers, $header, (Items){0}, $attrs, @$); }
  | modifiers TASK error
  | modifiers TASK error '{' attrs close_brace
  | modifiers FN header ARROW type '=' expr
      { build_fn(p, $modifiers, $header, $type, $expr, NULL, @$); }
  | modifiers FN header ARROW type block
      { build_fn(p, $modifiers, $header, $type, NULL, $block, @$); }
  | modifiers FN error error_body
  | modifiers FLOW header block { build_flow(p, $modifiers, $header, NULL, NULL, $block, @$); }
  | modifiers FLOW header ARROW type block
      { build_flow(p, $modifiers, $header, $type, NULL, $block, @$); }
  | modifiers FLOW header ARROW type '=' expr
      { build_flow(p, $modifiers, $header, $type, $expr, NULL, @$); }
  | modifiers FLOW word '=' expr
      { build_flow(p, $modifiers, &(Header){.name = $word.sym, .name_span = $word.span}, NULL, $expr, NULL, @$); }
  | modifiers FLOW error error_body
  | error
  ;

error_body: %empty { $$ = NULL; } | block ;

modifiers
  : %empty { $$ = 0; }
  | modifiers VOLATILE { $$ = $1 | DECL_VOLATILE; }
  | modifiers ASSOC { $$ = $1 | DECL_ASSOC; }
  | modifiers COMM { $$ = $1 | DECL_COMM; }
  ;

header
  : word generics inputs { $$ = build_header(p, $word, $generics, $inputs); }
  ;

generics
  : %empty { $$ = (Items){0}; }
  | LANGLE word_list optional_comma RANGLE { $$ = list_end(p, $word_list, sizeof(Word)); }
  | LANGLE error RANGLE { RESYNC(); $$ = (Items){0}; }
  ;

word: NAME { $$ = (Word){$1, @1}; } ;
word_list
  : word { $$ = list_new(p); $$ = list_add(p, $$, &$1, sizeof $1); }
  | word_list comma word { $$ = list_add(p, $1, &$3, sizeof $3); }
  ;

inputs: '(' params close_paren { $$ = $2; } ;
params: %empty { $$ = (Items){0}; } | param_list optional_comma { $$ = list_end(p, $1, sizeof(Param)); } ;
param_list
  : param { $$ = list_new(p); if ($1) $$ = list_add(p, $$, $1, sizeof *$1); }
  | param_list comma param { $$ = $3 ? list_add(p, $1, $3, sizeof *$3) : $1; }
  ;
param
  : field
  | word ':' type '=' expr
      { $$ = ARENA_NEW(p->session->arena, Param); *$$ = build_param(p, $1, $3, $5, @$); }
  | error { $$ = NULL; }
  ;

outs: %empty { $$ = (Items){0}; } | out_list optional_comma { $$ = list_end(p, $1, sizeof(Param)); } ;
out_list
  : out { $$ = list_new(p); if ($1) $$ = list_add(p, $$, $1, sizeof *$1); }
  | out_list comma out { $$ = $3 ? list_add(p, $1, $3, sizeof *$3) : $1; }
  ;
out
  : word ':' type '=' expr
      { $$ = ARENA_NEW(p->session->arena, Param); *$$ = build_param(p, $1, $3, $5, @$); }
  | error { $$ = NULL; }
  ;

engine: %empty { $$ = (Word){0}; } | ':' word { $$ = $2; } ;

path
  : word { $$ = list_new(p); $$ = list_add(p, $$, &$1, sizeof $1); }
  | path '.' word { $$ = list_add(p, $1, &$3, sizeof $3); }
  ;
import_as: %empty { $$ = (Word){0}; } | AS word { $$ = $2; } ;
import_only
  : %empty { $$ = (Items){0}; }
  | '(' word_list optional_comma close_paren { $$ = list_end(p, $2, sizeof(Word)); }
  | '(' error close_paren { $$ = (Items){0}; }
  ;

attrs: attr_list { $$ = list_end(p, $1, sizeof(AttrItem)); } ;
attr_list
  : %empty { $$ = list_new(p); }
  | attr_list sep
  | attr_list attr { $$ = list_add(p, $1, &$2, sizeof $2); }
  | attr_list error
  ;
attr
  : word expr { $$ = (AttrItem){0, $1, @$, $2}; }
  | RUN string { $$ = (AttrItem){ATTR_RUN, {0}, @$, $2}; }
  | RUN word string { $$ = (AttrItem){ATTR_RUN, $2, @$, $3}; }
  | RUN string string { $$ = (AttrItem){ATTR_RUN, build_interpreter(p, $2), @$, $3}; }
  ;

/* ---- types ---- */

type
  : post_type
  | '(' types close_paren ARROW post_type { $$ = build_type_arrow(p, $2, $5, @$); }
  ;
post_type: type_atom | post_type '?' { $$ = build_type_of(p, TE_OPTION, $1, @$); } ;
type_atom
  : NAME { $$ = build_type_name(p, 0, $1, 0, @$); }
  | NAME '.' NAME { $$ = build_type_name(p, $1, $3, 0, @$); }
  | NAME LANGLE NAME RANGLE { $$ = build_type_name(p, 0, $1, $3, @$); }
  | '[' type close_square { $$ = build_type_of(p, TE_ARRAY, $2, @$); }
  | '[' error close_square { $$ = build_type_name(p, 0, 0, 0, @$); }
  | '(' fields close_paren { $$ = build_type_record(p, $2, @$); }
  | '(' types close_paren { $$ = build_type_paren(p, $2, @$); }
  | '(' error close_paren { $$ = build_type_name(p, 0, 0, 0, @$); }
  ;
types: %empty { $$ = (Items){0}; } | type_list optional_comma { $$ = list_end(p, $1, sizeof(TypeExpr *)); } ;
type_list
  : type { $$ = list_new(p); $$ = list_add(p, $$, &$1, sizeof $1); }
  | type_list comma type { $$ = list_add(p, $1, &$3, sizeof $3); }
  ;
fields: field_list optional_comma { $$ = list_end(p, $1, sizeof(Param)); } ;
field_list
  : field { $$ = list_new(p); $$ = list_add(p, $$, $1, sizeof *$1); }
  | field_list comma field { $$ = list_add(p, $1, $3, sizeof *$3); }
  ;
field
  : word ':' type { $$ = ARENA_NEW(p->session->arena, Param); *$$ = build_param(p, $1, $3, NULL, @$); }
  ;

/* ---- statements ---- */

block: '{' stmts close_brace { $$ = build_block(p, $2, @$); } ;
optional_block: %empty { $$ = NULL; } | block ;
stmts
  : stmt_open { $$ = list_end(p, $1, sizeof(Stmt *)); }
  | stmt_open stmt { $$ = list_end(p, $2 ? list_add(p, $1, &$2, sizeof $2) : $1, sizeof(Stmt *)); }
  ;
stmt_open
  : %empty { $$ = list_new(p); }
  | stmt_open sep
  | stmt_open stmt sep { $$ = $2 ? list_add(p, $1, &$2, sizeof $2) : $1; }
  ;
stmt
  : word '=' expr { $$ = build_stmt(p, $1, $3, @$); }
  | word '=' expr after { $$ = build_stmt(p, $1, build_after(p, $3, $4, span_join(@3, @4)), @$); }
  | word '=' error { $$ = build_stmt(p, $1, build_error(p, @3), @$); }
  | expr { $$ = build_stmt(p, (Word){0}, $1, @$); }
  | expr after { $$ = build_stmt(p, (Word){0}, build_after(p, $1, $2, @$), @$); }
  | error { $$ = NULL; }
  ;
after: AFTER expr_list { $$ = list_end(p, $2, sizeof(Expr *)); } ;
expr_list
  : expr { $$ = list_new(p); $$ = list_add(p, $$, &$1, sizeof $1); }
  | expr_list comma expr { $$ = list_add(p, $1, &$3, sizeof $3); }
  ;

/* ---- expressions: open to the right, operations, what binds closest ---- */

expr
  : operation
  | LET word '=' expr IN expr { $$ = build_let(p, $2, $4, $6, @$); }
  | FOLD unary clauses filter optional_block BY expr
      { $$ = build_fold(p, (Word){0}, $2, (Scatter){$3, $4}, $5, $7, @$); }
  | LOOP word '=' expr block UNTIL operation MAX expr
      { $$ = build_bound(p, build_loop(p, $2, $4, $5, true, $7, @$), $9, @$); }
  | LOOP word '=' expr block WHILE operation MAX expr
      { $$ = build_bound(p, build_loop(p, $2, $4, $5, false, $7, @$), $9, @$); }
  | LOOP word '=' expr block UNTIL operation UNBOUNDED { $$ = build_loop(p, $2, $4, $5, true, $7, @$); }
  | LOOP word '=' expr block WHILE operation UNBOUNDED { $$ = build_loop(p, $2, $4, $5, false, $7, @$); }
  | LOOP word '=' expr block UNTIL operation { $$ = build_no_bound(p, build_loop(p, $2, $4, $5, true, $7, @$)); }
  | LOOP word '=' expr block WHILE operation { $$ = build_no_bound(p, build_loop(p, $2, $4, $5, false, $7, @$)); }
  ;

operation
  : unary
  | operation APPLY operation { $$ = build_binary(p, OP_APPLY, $1, $3, @$); }
  | operation SERIES operation { $$ = build_binary(p, OP_SERIES, $1, $3, @$); }
  | operation '|' operation { $$ = build_binary(p, OP_PARALLEL, $1, $3, @$); }
  | operation '&' operation { $$ = build_binary(p, OP_FORK, $1, $3, @$); }
  | operation COALESCE operation { $$ = build_binary(p, OP_COALESCE, $1, $3, @$); }
  | operation OR operation { $$ = build_binary(p, OP_OR, $1, $3, @$); }
  | operation AND operation { $$ = build_binary(p, OP_AND, $1, $3, @$); }
  | operation EQ operation { $$ = build_binary(p, OP_EQ, $1, $3, @$); }
  | operation NE operation { $$ = build_binary(p, OP_NE, $1, $3, @$); }
  | operation '<' operation { $$ = build_binary(p, OP_LT, $1, $3, @$); }
  | operation LE operation { $$ = build_binary(p, OP_LE, $1, $3, @$); }
  | operation '>' operation { $$ = build_binary(p, OP_GT, $1, $3, @$); }
  | operation GE operation { $$ = build_binary(p, OP_GE, $1, $3, @$); }
  | operation UNCERTAIN operation { $$ = build_binary(p, OP_UNCERTAIN, $1, $3, @$); }
  | operation '+' operation { $$ = build_binary(p, OP_ADD, $1, $3, @$); }
  | operation '-' operation { $$ = build_binary(p, OP_SUB, $1, $3, @$); }
  | operation '*' operation { $$ = build_binary(p, OP_MUL, $1, $3, @$); }
  | operation '/' operation { $$ = build_binary(p, OP_DIV, $1, $3, @$); }
  | operation '%' operation { $$ = build_binary(p, OP_MOD, $1, $3, @$); }
  ;

unary
  : postfix
  | '!' unary { $$ = build_unary(p, OP_NOT, $2, @$); }
  | '-' unary { $$ = build_unary(p, OP_NEG, $2, @$); }
  | MAP unary { $$ = build_lift(p, EXPR_MAP, $2, @$); }
  | FILTER unary { $$ = build_lift(p, EXPR_FILTER, $2, @$); }
  | FLATMAP unary { $$ = build_lift(p, EXPR_FLATMAP, $2, @$); }
  | FOLD unary %prec ARROW_FOLD { $$ = build_lift(p, EXPR_FOLD_ARROW, $2, @$); }
  ;

postfix
  : primary
  | postfix '(' args close_paren { $$ = build_call(p, $1, $3, @$); }
  | postfix '.' word { $$ = build_field(p, $1, $3, @$); }
  | postfix '[' expr close_square { $$ = build_index(p, $1, $3, @$); }
  | postfix '[' error close_square { $$ = build_error(p, @$); }
  ;

args: %empty { $$ = (Items){0}; } | arg_list optional_comma { $$ = list_end(p, $1, sizeof(Arg)); } ;
arg_list
  : arg { $$ = list_new(p); $$ = list_add(p, $$, &$1, sizeof $1); }
  | arg_list comma arg { $$ = list_add(p, $1, &$3, sizeof $3); }
  ;
arg
  : expr { $$ = build_arg(p, (Word){0}, $1, @$); }
  | word ':' expr { $$ = build_arg(p, $1, $3, @$); }
  | PLACEHOLDER { $$ = build_arg(p, (Word){0}, build_leaf(p, EXPR_PLACEHOLDER, @$), @$); }
  | word ':' PLACEHOLDER { $$ = build_arg(p, $1, build_leaf(p, EXPR_PLACEHOLDER, @3), @$); }
  | error { $$ = build_arg(p, (Word){0}, build_error(p, @$), @$); }
  ;

primary
  : NAME { $$ = build_name(p, EXPR_NAME, $1, @$); }
  | HOLE { $$ = build_name(p, EXPR_HOLE, $1, @$); }
  | INT { $$ = build_int(p, $1, @$); }
  | FLOAT { $$ = build_number(p, EXPR_FLOAT, $1.number, 0, @$); }
  | QUANTITY { $$ = build_number(p, EXPR_QUANTITY, $1.number, $1.unit, @$); }
  | TRUE { $$ = build_bool(p, true, @$); }
  | FALSE { $$ = build_bool(p, false, @$); }
  | NONE { $$ = build_leaf(p, EXPR_NONE, @$); }
  | ID { $$ = build_leaf(p, EXPR_ID, @$); }
  | BROKEN { $$ = build_error(p, @$); }
  | string
  | '(' expr close_paren { $$ = build_paren(p, $2, @$); }
  | '(' record_fields close_paren { $$ = build_record(p, $2, @$); }
  | '(' error close_paren { $$ = build_error(p, @$); }
  | '[' elements close_square { $$ = build_array(p, $2, @$); }
  | '[' error close_square { $$ = build_error(p, @$); }
  | if_expr
  | clauses filter block { $$ = build_for(p, (Scatter){$1, $2}, $3, @$); }
  | FOLD_ACC word '=' expr clauses filter block
      { $$ = build_fold(p, $2, $4, (Scatter){$5, $6}, $7, NULL, @$); }
  | ASK post_type '(' args close_paren { $$ = build_ask(p, $2, $4, @$); }
  | JS post_type '(' args close_paren { $$ = build_js(p, $2, $4, @$); }
  ;

record_fields: record_list optional_comma { $$ = list_end(p, $1, sizeof(Arg)); } ;
record_list
  : record_field { $$ = list_new(p); $$ = list_add(p, $$, &$1, sizeof $1); }
  | record_list comma record_field { $$ = list_add(p, $1, &$3, sizeof $3); }
  ;
record_field: word ':' expr { $$ = build_arg(p, $1, $3, @$); } ;
elements: %empty { $$ = (Items){0}; } | expr_list optional_comma { $$ = list_end(p, $1, sizeof(Expr *)); } ;

if_expr
  : IF expr block { $$ = build_if(p, $2, $3, NULL, @$); }
  | IF expr block ELSE block { $$ = build_if(p, $2, $3, $5, @$); }
  | IF expr block ELSE if_expr { $$ = build_if(p, $2, $3, build_block_of(p, $5), @$); }
  ;

/* Of `for`, and of `fold` after its start. */
clauses: clause_list { $$ = list_end(p, $1, sizeof(Clause)); } ;
clause_list
  : FOR clause { $$ = list_new(p); $$ = list_add(p, $$, &$2, sizeof $2); }
  | clause_list comma clause { $3.zip = true; $$ = list_add(p, $1, &$3, sizeof $3); }
  | clause_list FOR clause { $$ = list_add(p, $1, &$3, sizeof $3); }
  ;
clause: word IN expr { $$ = build_clause(p, $1, $3, false); } ;
filter: %empty { $$ = NULL; } | IF expr { $$ = $2; } ;

string
  : STRING_OPEN part_list STRING_CLOSE { $$ = build_string(p, list_end(p, $2, sizeof(Part)), false, @$); }
  | BLOCK_OPEN part_list STRING_CLOSE { $$ = build_string(p, list_end(p, $2, sizeof(Part)), true, @$); }
  ;
part_list
  : %empty { $$ = list_new(p); }
  | part_list TEXT { $$ = list_add(p, $1, &(Part){0, NULL, @2}, sizeof(Part)); }
  | part_list INTERP_OPEN expr INTERP_CLOSE
      { RESYNC(); $$ = list_add(p, $1, &(Part){0, $3, span_join(@2, @4)}, sizeof(Part)); }
  | part_list INTERP_OPEN error INTERP_CLOSE
      { RESYNC(); $$ = list_add(p, $1, &(Part){0, build_error(p, @3), span_join(@2, @4)}, sizeof(Part)); }
  ;

%%

static int yyreport_syntax_error(const yypcontext_t *context, struct Parser *p) {
  yysymbol_kind_t kinds[YYNTOKENS];
  const char *names[YYNTOKENS];
  int count = yypcontext_expected_tokens(context, kinds, YYNTOKENS);
  for (int i = 0; i < count; i++) names[i] = yysymbol_name(kinds[i]);
  parse_report(p, *yypcontext_location(context), names, count > 0 ? (uint32_t)count : 0);
  return 0;
}

/* Only the parser's own limits end here. */
static void weft_error(const Span *span, struct Parser *p, const char *message) {
  (void)message;
  build_too_deep(p, *span);
}
